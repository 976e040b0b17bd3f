// Telemetry's `metrics`: all are told as they are, and whoever wants others hears of it.

import type { FieldReader } from "#ir/field-reader.ts";

const ALL = "every metric is told, with all of its labels, whenever somebody scrapes";

export function refuseMetrics(spec: FieldReader): void {
  spec.unsupported("warning", ALL, "metrics");
}
