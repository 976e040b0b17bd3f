// rewrite of a VirtualService's rule: another path, another authority.

import { Pattern } from "#base/pattern.ts";
import type { FieldReader } from "#ir/field-reader.ts";
import { readPattern } from "#ir/read-pattern.ts";
import type { PathEdit, RequestShape } from "#ir/request-shape.ts";
import { AUTHORITY_EXPECTED, isAuthority, isPath, PATH_EXPECTED } from "#ir/request-text.ts";

const SUBSTITUTION = /^(?:[\x21\x22\x24-\x3e\x40-\x5b\x5d-\x7e]|\\[0-9\\])*$/;
const SUBSTITUTION_EXPECTED = 'text of a path with groups as "\\1", without spaces, "?" and "#"';

export function readRewrite(reader: FieldReader): RequestShape | undefined {
  const rewrite = reader.object("rewrite");
  if (!rewrite) return undefined;
  const uri = rewrite.text("uri");
  if (uri !== undefined && !isPath(uri)) rewrite.invalid("uri", PATH_EXPECTED);
  const authority = rewrite.text("authority");
  if (authority !== undefined && !isAuthority(authority)) {
    rewrite.invalid("authority", AUTHORITY_EXPECTED);
  }
  const regex = readRegexRewrite(rewrite);
  if (uri !== undefined && regex) rewrite.invalid("uriRegexRewrite", "absent beside uri");
  const path: PathEdit | undefined = uri === undefined ? regex : { kind: "matched", value: uri };
  if (!rewrite.finish()) return undefined;
  return { ...(authority === undefined ? {} : { authority }), ...(path ? { path } : {}) };
}

function readRegexRewrite(rewrite: FieldReader): PathEdit | undefined {
  const reader = rewrite.object("uriRegexRewrite");
  if (!reader) return undefined;
  reader.require("match", "a regular expression");
  const pattern = readPattern(reader, "match");
  const substitution = reader.text("rewrite") ?? "";
  if (!SUBSTITUTION.test(substitution)) reader.invalid("rewrite", SUBSTITUTION_EXPECTED);
  if (pattern === undefined || !reader.isSound) return undefined;
  const reading = Pattern.read(pattern);
  const groups = reading.kind === "pattern" ? reading.pattern.groups : 0;
  const highest = Math.max(
    0,
    ...[...substitution.matchAll(/\\([0-9])/g)].map(([, n]) => Number(n)),
  );
  if (highest > groups) reader.invalid("rewrite", `text with groups up to \\${groups}`);
  return { kind: "regex", pattern, substitution };
}
