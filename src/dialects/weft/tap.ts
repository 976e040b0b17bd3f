// spec.tap of a MeshConfig: no bodies where it isn't there.

import type { FieldReader } from "#ir/field-reader.ts";
import { TAP_BODIES, type TapRules } from "#ir/tap-rules.ts";

const NAMES_MAX = 64;
const NAME_LENGTH_MAX = 128;
const HEADER = /^[a-z0-9!#$%&'*+.^_`|~-]{1,128}$/;

export function readTap(spec: FieldReader): TapRules | undefined {
  const tap = spec.object("tap");
  if (!tap) return undefined;
  const bodies = tap.choice("bodies", TAP_BODIES) ?? "none";
  const redact = tap.inside("redact");
  const headers = readHeaders(redact);
  const fields = readFields(redact);
  return tap.isSound ? { bodies, headers, fields } : undefined;
}

function readHeaders(redact: FieldReader): readonly string[] {
  const names = redact.texts("headers").map((name) => name.toLowerCase());
  if (names.length > NAMES_MAX || !names.every((name) => HEADER.test(name))) {
    redact.invalid("headers", `up to ${NAMES_MAX} names of headers`);
  }
  return names;
}

function readFields(redact: FieldReader): readonly string[] {
  const names = redact.texts("fields");
  const fits = names.every((name) => name.length > 0 && name.length <= NAME_LENGTH_MAX);
  if (names.length > NAMES_MAX || !fits) {
    redact.invalid("fields", `up to ${NAMES_MAX} names of at most ${NAME_LENGTH_MAX} characters`);
  }
  return names;
}
