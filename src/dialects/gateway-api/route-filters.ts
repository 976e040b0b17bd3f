// filters of a rule or a backend. What isn't supported yet is named, and those that would answer or
// refuse a request make it an error instead of letting it through.

import type { Severity } from "#ir/diagnostic.ts";
import type { FieldReader } from "#ir/field-reader.ts";
import type { RouteMirror } from "#ir/route-traffic.ts";
import { readRequestMirror } from "./request-mirror.ts";
import { isShapeFilter, readShapeFilter } from "./shape-filters.ts";
import type { ShapeFound } from "./shape-found.ts";

// Where the mirrors of a rule are put.
export type MirrorsFound = { readonly namespace: string; readonly mirrors: RouteMirror[] };

type Meaning = {
  readonly severity: Severity;
  readonly consequence: string;
  readonly refuses?: boolean;
};

const ERROR_INSTEAD = "requests get an error instead";

const FILTERS: ReadonlyMap<string, Meaning> = new Map([
  ["CORS", { severity: "warning", consequence: "no CORS headers are added for a backend" }],
  ["RequestMirror", { severity: "warning", consequence: "nothing is mirrored" }],
  ["URLRewrite", { severity: "error", consequence: "requests keep their path and authority" }],
  ["RequestRedirect", { severity: "error", consequence: ERROR_INSTEAD, refuses: true }],
  ["ExtensionRef", { severity: "error", consequence: ERROR_INSTEAD, refuses: true }],
  ["ExternalAuth", { severity: "error", consequence: ERROR_INSTEAD, refuses: true }],
]);
const TYPES = [...FILTERS.keys(), "RequestHeaderModifier", "ResponseHeaderModifier"];

// Why requests must not go on, if so.
export function readFilters(
  reader: FieldReader,
  shape: ShapeFound,
  found?: MirrorsFound,
): string | undefined {
  const refusals = reader.list("filters").map((filter) => readFilter(filter, shape, found));
  return refusals.find((refusal) => refusal !== undefined);
}

function readFilter(
  filter: FieldReader,
  shape: ShapeFound,
  found: MirrorsFound | undefined,
): string | undefined {
  if (filter.isSound) filter.require("type", `one of ${TYPES.join(", ")}`);
  const type = filter.choice("type", TYPES);
  if (type !== undefined && isShapeFilter(type, shape)) return readShapeFilter(filter, type, shape);
  if (type === "RequestMirror" && found) {
    const mirror = readRequestMirror(filter, found.namespace);
    if (mirror) found.mirrors.push(mirror);
    return undefined;
  }
  // The filter as a whole is reported; its settings are part of that.
  filter.accept("cors", "extensionRef", "externalAuth", "requestHeaderModifier");
  filter.accept("requestMirror", "requestRedirect", "responseHeaderModifier", "urlRewrite");
  const meaning = type === undefined ? undefined : FILTERS.get(type);
  if (!meaning) return "A filter's type cannot be read";
  const { severity, consequence, refuses } = meaning;
  const message = `Not supported: filter ${type}, ${consequence}`;
  filter.report([], { severity, code: "WEFT104", message });
  return refuses ? `Filter ${type} is not supported yet` : undefined;
}
