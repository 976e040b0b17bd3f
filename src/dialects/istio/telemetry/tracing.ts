// Telemetry's `tracing`: how many requests are traced, and what their spans say besides. Where
// spans go is the MeshConfig's matter.

import type { FieldReader } from "#ir/field-reader.ts";
import { SECRET_HEADERS } from "#ir/secret-headers.ts";
import type { Sides, SpanTag, TracingOverride } from "#ir/telemetry-rule.ts";
import { readSides, type Side } from "./read-sides.ts";

const TAGS_MAX = 32;
const PROVIDERS = "spans go where spec.tracing of the MeshConfig says";
const REQUEST_ID = "an x-request-id says nothing of its trace";
const CONTEXT = "the headers of a trace are always passed on";
const ISTIO_TAGS = "spans have attributes of OpenTelemetry's and weft's own, and none of Istio's";

export function readTracing(spec: FieldReader): Sides<TracingOverride> {
  const sides: Partial<Record<Side, TracingOverride>> = {};
  for (const entry of spec.list("tracing")) {
    const wanted = readSides(entry.object("match"));
    const percent = readPercent(entry);
    const isSilent = entry.flag("disableSpanReporting");
    const tags = readTags(entry);
    for (const { name, reader } of providersOf(entry)) {
      if (name !== undefined) reader.unsupported("info", PROVIDERS, "name");
    }
    entry.unsupported("info", REQUEST_ID, "useRequestIdForTraceSampling");
    entry.unsupported("info", ISTIO_TAGS, "enableIstioTags");
    entry.unsupported("warning", CONTEXT, "disableContextPropagation");
    if (!entry.isSound) continue;
    const override = {
      ...(percent !== undefined && { percent }),
      ...(isSilent !== undefined && { isSilent }),
      ...(tags && { tags }),
    };
    // As Istio merges them: field by field, and the last word counts.
    for (const side of wanted) sides[side] = { ...sides[side], ...override };
  }
  return sides;
}

function providersOf(entry: FieldReader) {
  return entry.list("providers").map((reader) => ({ reader, name: reader.text("name") }));
}

function readPercent(entry: FieldReader): number | undefined {
  const value = entry.scalar("randomSamplingPercentage");
  if (value === undefined) return undefined;
  if (typeof value === "number" && value >= 0 && value <= 100) return value;
  entry.invalid("randomSamplingPercentage", "a number from 0 to 100");
  return undefined;
}

function readTags(entry: FieldReader): readonly SpanTag[] | undefined {
  if (!entry.has("customTags")) return undefined;
  const tags = entry.objectMap("customTags").flatMap(([name, reader]) => readTag(name, reader));
  if (tags.length <= TAGS_MAX) return tags;
  entry.invalid("customTags", `up to ${TAGS_MAX} of them`);
  return undefined;
}

function readTag(name: string, reader: FieldReader): readonly SpanTag[] {
  reader.unsupported("warning", "the tag is left out", "formatter");
  const value = reader.object("literal")?.text("value");
  const header = reader.object("header");
  const environment = reader.object("environment");
  // One of them: an API server takes no more.
  return [
    ...(value === undefined ? [] : [{ name, kind: "literal", value } as const]),
    ...(header ? readHeaderTag(name, header) : []),
    ...(environment ? readEnvironmentTag(name, environment) : []),
  ].slice(0, 1);
}

function readEnvironmentTag(name: string, reader: FieldReader): readonly SpanTag[] {
  const variable = reader.text("name");
  const otherwise = otherwiseOf(reader);
  reader.require("name", "a variable's name");
  return variable === undefined ? [] : [{ name, kind: "environment", variable, ...otherwise }];
}

function readHeaderTag(name: string, reader: FieldReader): readonly SpanTag[] {
  const header = reader.text("name")?.toLowerCase();
  const otherwise = otherwiseOf(reader);
  reader.require("name", "a header's name");
  if (header === undefined) return [];
  if (!SECRET_HEADERS.includes(header)) return [{ name, kind: "header", header, ...otherwise }];
  reader.report(["name"], {
    severity: "warning",
    code: "WEFT104",
    message: `Not supported: ${header} carries secrets, and is in no span; the tag is left out`,
  });
  return [];
}

function otherwiseOf(reader: FieldReader): { readonly otherwise?: string } {
  const otherwise = reader.text("defaultValue");
  return otherwise === undefined || otherwise === "" ? {} : { otherwise };
}
