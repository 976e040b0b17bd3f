// A span while its request goes on, and what it says of the key that this is counted by.

import type { SeriesKey } from "#snapshot/report.ts";
import type { ReportedSpan } from "#snapshot/reported-span.ts";
import type { SpanTagPlan } from "#snapshot/tracing-plan.ts";

export type OpenSpan = {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentId: string; // "": it is the first
  readonly context: ReportedSpan["context"];
  readonly tags: readonly SpanTagPlan[] | undefined;
};

export function serviceOf(key: SeriesKey | undefined): string {
  if (!key || key.destinationService === "") return "";
  const { destinationService: name, destinationServiceNamespace: namespace } = key;
  return `${name}.${namespace}:${key.destinationPort}`;
}

export function peerOf(key: SeriesKey | undefined): string {
  if (!key) return "";
  const [namespace, name] =
    key.reporter === "destination"
      ? [key.sourceNamespace, key.sourceWorkload]
      : [key.destinationNamespace, key.destinationWorkload];
  return name === "" ? "" : `${namespace}/${name}`;
}
