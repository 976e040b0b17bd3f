// http[].match[] of a VirtualService. What can't be honoured must not match more than was
// written: a match with anything wrong in it is left out.

import type { FieldReader } from "#ir/field-reader.ts";
import type { FieldMatch, PathMatch, RouteMatch, StringMatch } from "#ir/route.ts";
import { NO_REQUEST, readStringMatch } from "./string-match.ts";

const PRESENT = { kind: "present" } as const;
// "The keys uri, scheme, method, and authority will be ignored": HTTPMatchRequest.headers.
const IGNORED = ["uri", "scheme", "method", "authority"];
const METHOD_MAX = 32;
const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;

export function readHttpMatch(reader: FieldReader): RouteMatch | undefined {
  // For people and statistics only.
  reader.accept("name", "statPrefix");
  const match: RouteMatch = {
    path: readPath(reader),
    ...readMethod(reader),
    authority: readInner(reader, "authority"),
    headers: readHeaders(reader, "headers"),
    query: readQuery(reader),
    port: reader.integer("port", 1, 65_535),
  };
  const rare = readRareParts(reader);
  readGateways(reader);
  return reader.finish() ? { ...match, ...rare } : undefined;
}

function readInner(reader: FieldReader, name: string): StringMatch | undefined {
  const inner = reader.object(name);
  return inner && readStringMatch(inner, undefined);
}

function readPath(reader: FieldReader): PathMatch | undefined {
  const match = readInner(reader, "uri");
  return match === undefined || match.kind === "present" ? undefined : match;
}

function readMethod(reader: FieldReader): Pick<RouteMatch, "method" | "methodMatch"> {
  const match = readInner(reader, "method");
  if (match && match.kind !== "exact") return { method: undefined, methodMatch: match };
  if (!match) return { method: undefined };
  if (match.value.length > METHOD_MAX || !TOKEN.test(match.value)) {
    reader.invalid("method", "a method such as GET");
  }
  return { method: match.value };
}

function readRareParts(reader: FieldReader): Partial<RouteMatch> {
  const scheme = readInner(reader, "scheme");
  const withoutHeaders = readHeaders(reader, "withoutHeaders");
  const namespace = reader.text("sourceNamespace");
  const labels = reader.textMap("sourceLabels");
  const isForSome = namespace !== undefined || labels.size > 0;
  return {
    ...(scheme ? { scheme } : {}),
    ...(withoutHeaders.length > 0 ? { withoutHeaders } : {}),
    ...(reader.flag("ignoreUriCase") ? { ignoresPathCase: true } : {}),
    ...(isForSome ? { callers: { namespace, labels } } : {}),
  };
}

function readHeaders(
  reader: FieldReader,
  map: "headers" | "withoutHeaders",
): readonly FieldMatch[] {
  return reader.objectMap(map).flatMap(([name, inner]) => {
    if (!TOKEN.test(name)) reader.invalidAt([map, name], name, "the name of a header");
    const value = presence(readStringMatch(inner, PRESENT));
    if (map === "withoutHeaders" || !IGNORED.includes(name)) {
      return [{ name: name.toLowerCase(), value }];
    }
    const message = `Not supported: a header with the name of a field, Istio ignores it`;
    reader.report([map, name], { severity: "warning", code: "WEFT104", message });
    return [];
  });
}

function readQuery(reader: FieldReader): readonly FieldMatch[] {
  return reader.objectMap("queryParams").map(([name, inner]) => {
    return { name, value: presence(readStringMatch(inner, undefined)) };
  });
}

// An empty text asks for the name only, as istiod has it.
function presence(match: StringMatch | undefined): StringMatch {
  return match === undefined || (match.kind === "exact" && match.value === "") ? PRESENT : match;
}

// "mesh" stands for every sidecar, which is all that there is so far.
function readGateways(reader: FieldReader): void {
  if (!reader.has("gateways") || reader.texts("gateways").includes("mesh")) return;
  reader.unsupported("error", `gateways come later, ${NO_REQUEST}`, "gateways");
}
