// spec.tracing of a MeshConfig: off where it isn't there.

import type { FieldReader } from "#ir/field-reader.ts";
import type { Tracing } from "#ir/tracing.ts";
import { readPercent } from "./read-percent.ts";

const PERCENT = 1;
const PATHS_MAX = 64;

export function readTracing(spec: FieldReader): Tracing | undefined {
  const tracing = spec.object("tracing");
  if (!tracing) return undefined;
  const isOff = tracing.flag("disabled") === true;
  const endpoint = readEndpoint(tracing);
  const percent = readPercent(tracing) ?? PERCENT;
  const paths = tracing.list("paths").flatMap((rule) => {
    const prefix = rule.text("prefix", "the beginning of a path");
    const share = readPercent(rule);
    if (prefix === undefined || share === undefined) {
      rule.require("prefix", 'the beginning of a path, such as "/orders"');
      rule.require("percent", "a number from 0 to 100");
      return [];
    }
    return [{ prefix, percent: share }];
  });
  if (paths.length > PATHS_MAX) tracing.invalid("paths", `up to ${PATHS_MAX} of them`);
  if (isOff || endpoint === undefined || !tracing.isSound) return undefined;
  return { endpoint, percent, paths };
}

function readEndpoint(tracing: FieldReader): string | undefined {
  const expected = "the URL of an OTLP receiver (HTTP)";
  const text = tracing.text("endpoint", expected);
  if (text === undefined) {
    if (!tracing.has("endpoint")) tracing.require("endpoint", expected);
    return undefined;
  }
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isRight = url?.protocol === "http:" || url?.protocol === "https:";
  if (isRight && url.username === "" && url.search === "" && url.hash === "") return text;
  tracing.invalid("endpoint", expected, 'Write it like "http://collector:4318".');
  return undefined;
}
