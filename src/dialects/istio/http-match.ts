// http[].match[] of a VirtualService. What can't be honoured must not match more than was
// written: a match with anything wrong in it is left out.

import type { FieldReader } from "#ir/field-reader.ts";
import type { FieldMatch, PathMatch, RouteMatch, StringMatch } from "#ir/route.ts";
import { NO_REQUEST, readStringMatch } from "./string-match.ts";

const PRESENT = { kind: "present" } as const;
const METHOD_MAX = 32;
const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;

export function readHttpMatch(reader: FieldReader): RouteMatch | undefined {
  // For people and statistics only.
  reader.accept("name", "statPrefix");
  const match: RouteMatch = {
    path: readPath(reader),
    method: readMethod(reader),
    authority: readInner(reader, "authority"),
    headers: readHeaders(reader),
    query: readQuery(reader),
    port: reader.integer("port", 1, 65_535),
  };
  const others = ["scheme", "sourceLabels", "sourceNamespace", "withoutHeaders"];
  reader.unsupported("error", NO_REQUEST, ...others);
  if (reader.flag("ignoreUriCase")) reader.unsupported("error", NO_REQUEST, "ignoreUriCase");
  readGateways(reader);
  return reader.finish() ? match : undefined;
}

function readInner(reader: FieldReader, name: string): StringMatch | undefined {
  const inner = reader.object(name);
  return inner && readStringMatch(inner, undefined);
}

function readPath(reader: FieldReader): PathMatch | undefined {
  const match = readInner(reader, "uri");
  return match === undefined || match.kind === "present" ? undefined : match;
}

function readMethod(reader: FieldReader): string | undefined {
  const match = readInner(reader, "method");
  if (match?.kind === "exact" && match.value.length <= METHOD_MAX && TOKEN.test(match.value)) {
    return match.value;
  }
  if (match?.kind === "prefix") {
    const message = `Not supported: a method by prefix, ${NO_REQUEST}`;
    reader.report(["method", "prefix"], { severity: "error", code: "WEFT104", message });
  } else if (match) reader.invalid("method", "a method such as GET");
  return undefined;
}

function readHeaders(reader: FieldReader): readonly FieldMatch[] {
  return reader.objectMap("headers").map(([name, inner]) => {
    if (!TOKEN.test(name)) reader.invalidAt(["headers", name], name, "the name of a header");
    return { name: name.toLowerCase(), value: readStringMatch(inner, PRESENT) ?? PRESENT };
  });
}

function readQuery(reader: FieldReader): readonly FieldMatch[] {
  return reader.objectMap("queryParams").map(([name, inner]) => {
    return { name, value: readStringMatch(inner, undefined) ?? PRESENT };
  });
}

// "mesh" stands for every sidecar, which is all that there is so far.
function readGateways(reader: FieldReader): void {
  if (!reader.has("gateways") || reader.texts("gateways").includes("mesh")) return;
  reader.unsupported("error", `gateways come later, ${NO_REQUEST}`, "gateways");
}
