// corsPolicy of a VirtualService's rule: which pages of other origins may ask.

import type { FieldReader } from "#ir/field-reader.ts";
import { readDurationMs } from "#ir/read-duration.ts";
import type { CorsPolicy, RequestShape } from "#ir/request-shape.ts";
import type { StringMatch } from "#ir/route.ts";
import { readStringMatch } from "./string-match.ts";

const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
const UNMATCHED = ["UNSPECIFIED", "FORWARD", "IGNORE"] as const;

export function readCorsPolicy(rule: FieldReader): RequestShape | undefined {
  const reader = rule.object("corsPolicy");
  if (!reader) return undefined;
  const maxAgeMs = readDurationMs(reader, "maxAge");
  const cors: CorsPolicy = {
    origins: readOrigins(reader),
    methods: readNames(reader, "allowMethods"),
    headers: readNames(reader, "allowHeaders"),
    exposed: readNames(reader, "exposeHeaders"),
    ...(maxAgeMs === undefined ? {} : { maxAgeSeconds: Math.floor(maxAgeMs / 1000) }),
    credentials: reader.flag("allowCredentials") ?? false,
    unmatched: reader.choice("unmatchedPreflights", UNMATCHED) === "IGNORE" ? "answer" : "forward",
  };
  return reader.finish() ? { cors } : undefined;
}

// allowOrigin is what allowOrigins was before; it counts only where that is absent.
function readOrigins(reader: FieldReader): readonly StringMatch[] {
  const old = reader.texts("allowOrigin").map((value) => originMatch({ kind: "exact", value }));
  const origins = reader.list("allowOrigins").flatMap((each) => {
    const match = readStringMatch(each, undefined);
    return match ? [originMatch(match)] : [];
  });
  return reader.has("allowOrigins") ? origins : old;
}

function originMatch(match: StringMatch): StringMatch {
  return match.kind === "exact" && match.value === "*" ? { kind: "present" } : match;
}

function readNames(reader: FieldReader, list: string): readonly string[] {
  return reader.texts(list).filter((name, i) => {
    if (TOKEN.test(name)) return true;
    reader.invalidAt([list, i], name, "the name of a method or header");
    return false;
  });
}
