// Telemetry's `metrics`: which of Istio's standard metrics a workload's proxy tells, and of which
// side. Others, and labels, stay as they are.
// https://istio.io/latest/docs/reference/config/metrics/

import type { FieldReader } from "#ir/field-reader.ts";
import {
  METRIC_NAMES,
  type MetricName,
  type MetricOverride,
  type Sides,
} from "#ir/telemetry-rule.ts";
import { readSides, type Side } from "./read-sides.ts";

// What Istio calls /metrics.
const SCRAPED = "prometheus";
const LABELS = "every label stays as it is";
const CUSTOM = "there are no metrics but the standard ones; the override has no effect";
const INTERVAL = "metrics are told when somebody scrapes";
const MESSAGES = "messages of gRPC are not counted";

const BY_ISTIO: ReadonlyMap<string, readonly MetricName[]> = new Map<string, readonly MetricName[]>(
  [
    ["ALL_METRICS", METRIC_NAMES],
    ["REQUEST_COUNT", ["requests"]],
    ["REQUEST_DURATION", ["request_duration"]],
    ["REQUEST_SIZE", ["request_bytes"]],
    ["RESPONSE_SIZE", ["response_bytes"]],
    ["TCP_OPENED_CONNECTIONS", ["tcp_opened"]],
    ["TCP_CLOSED_CONNECTIONS", ["tcp_closed"]],
    ["TCP_SENT_BYTES", ["tcp_sent_bytes"]],
    ["TCP_RECEIVED_BYTES", ["tcp_received_bytes"]],
    ["GRPC_REQUEST_MESSAGES", []],
    ["GRPC_RESPONSE_MESSAGES", []],
  ],
);

export function readMetrics(spec: FieldReader): Sides<readonly MetricOverride[]> {
  const sides: Partial<Record<Side, readonly MetricOverride[]>> = {};
  for (const entry of spec.list("metrics")) {
    entry.unsupported("info", INTERVAL, "reportingInterval");
    const providers = entry.list("providers").map(readProvider);
    const isMeant = providers.length === 0 || providers.includes(SCRAPED);
    for (const override of entry.list("overrides")) {
      const { wanted, changed } = readOverride(override);
      if (!isMeant || !override.isSound || changed.length === 0) continue;
      for (const side of wanted) sides[side] = [...(sides[side] ?? []), ...changed];
    }
  }
  return sides;
}

function readProvider(provider: FieldReader): string | undefined {
  const name = provider.text("name");
  provider.require("name", `"${SCRAPED}"`);
  if (name === undefined || name === SCRAPED) return name;
  provider.report(["name"], {
    severity: "warning",
    code: "WEFT104",
    message: `Not supported: metrics are scraped ("${SCRAPED}"), and not sent to "${name}"`,
  });
  return name;
}

function readOverride(override: FieldReader) {
  const match = override.object("match");
  const wanted = readSides(match);
  const names = readNames(match);
  const isOff = override.flag("disabled");
  override.unsupported("warning", LABELS, "tagOverrides");
  const changed = isOff === undefined ? [] : names.map((name): MetricOverride => [name, isOff]);
  return { wanted, changed };
}

function readNames(match: FieldReader | undefined): readonly MetricName[] {
  if (match?.has("customMetric")) {
    match.unsupported("warning", CUSTOM, "customMetric");
    match.accept("metric");
    return [];
  }
  const metric = match?.choice("metric", [...BY_ISTIO.keys()]);
  if (metric === undefined) return match?.has("metric") ? [] : METRIC_NAMES;
  const names = BY_ISTIO.get(metric)!;
  if (names.length === 0) match?.unsupported("info", MESSAGES, "metric");
  return names;
}
