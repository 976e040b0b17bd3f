// Golden metrics as people read them. "" where there is nothing to tell.

import type { GoldenMetrics } from "#api/golden-metrics.ts";
import type { Column } from "./table-text.ts";

export function goldenColumns<Row extends GoldenMetrics>(): readonly Column<Row>[] {
  return [
    { title: "SUCCESS", align: "right", text: (row) => percentText(row.successRate) },
    { title: "RPS", align: "right", text: (row) => `${row.rps.toFixed(1)}rps` },
    { title: "LATENCY_P50", align: "right", text: (row) => latencyText(row.latencyP50Ms) },
    { title: "LATENCY_P95", align: "right", text: (row) => latencyText(row.latencyP95Ms) },
    { title: "LATENCY_P99", align: "right", text: (row) => latencyText(row.latencyP99Ms) },
  ];
}

// Never rounded up to 100 %: one failure in a million is a failure.
export function percentText(rate: number | null): string {
  return rate === null ? "" : `${(Math.floor(rate * 10_000) / 100).toFixed(2)}%`;
}

export function latencyText(ms: number | null): string {
  if (ms === null) return "";
  if (ms >= 10_000) return `${(ms / 1000).toFixed(1)}s`;
  return ms >= 10 ? `${Math.round(ms)}ms` : `${ms.toFixed(1)}ms`;
}

export function bytesText(bytes: number): string {
  return bytes === 0 ? "" : `${(bytes / 1_048_576).toFixed(0)}Mi`;
}
