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
const UNKNOWN: Meaning = { severity: "error", consequence: ERROR_INSTEAD, refuses: true };

// Why requests must not go on, if so.
export function readFilters(
  reader: FieldReader,
  shape: ShapeFound,
  found?: MirrorsFound,
): string | undefined {
  let refusal: string | undefined;
  for (const filter of reader.list("filters")) {
    const type = filter.text("type");
    if (isShapeFilter(type ?? "", shape)) {
      const problem = readShapeFilter(filter, type!, shape);
      refusal ??= problem;
      continue;
    }
    if (type === "RequestMirror" && found) {
      const mirror = readRequestMirror(filter, found.namespace);
      if (mirror) found.mirrors.push(mirror);
      continue;
    }
    // The filter as a whole is reported; its settings are part of that.
    filter.accept("cors", "extensionRef", "externalAuth", "requestHeaderModifier");
    filter.accept("requestMirror", "requestRedirect", "responseHeaderModifier", "urlRewrite");
    const { severity, consequence, refuses } = FILTERS.get(type ?? "") ?? UNKNOWN;
    const message = `Not supported: filter ${type ?? "without a type"}, ${consequence}`;
    filter.report([], { severity, code: "WEFT104", message });
    if (refuses) refusal ??= `Filter ${type ?? "without a type"} is not supported yet`;
  }
  return refusal;
}
