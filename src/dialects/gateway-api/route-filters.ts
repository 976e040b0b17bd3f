// filters of a rule or a backend. None is supported yet; each is named, and those that would answer
// or refuse a request make it an error instead of letting it through.

import type { Severity } from "#ir/diagnostic.ts";
import type { FieldReader } from "#ir/field-reader.ts";

type Meaning = {
  readonly severity: Severity;
  readonly consequence: string;
  readonly refuses?: boolean;
};

const ERROR_INSTEAD = "requests get an error instead";

const FILTERS: ReadonlyMap<string, Meaning> = new Map([
  ["CORS", { severity: "warning", consequence: "no CORS headers are added" }],
  ["RequestMirror", { severity: "warning", consequence: "nothing is mirrored" }],
  ["RequestHeaderModifier", { severity: "error", consequence: "requests keep their headers" }],
  ["ResponseHeaderModifier", { severity: "error", consequence: "responses keep their headers" }],
  ["URLRewrite", { severity: "error", consequence: "requests keep their path and authority" }],
  ["RequestRedirect", { severity: "error", consequence: ERROR_INSTEAD, refuses: true }],
  ["ExtensionRef", { severity: "error", consequence: ERROR_INSTEAD, refuses: true }],
  ["ExternalAuth", { severity: "error", consequence: ERROR_INSTEAD, refuses: true }],
]);
const UNKNOWN: Meaning = { severity: "error", consequence: ERROR_INSTEAD, refuses: true };

// Why requests must not go on, if so.
export function readFilters(reader: FieldReader): string | undefined {
  let refusal: string | undefined;
  for (const filter of reader.list("filters")) {
    const type = filter.text("type");
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
