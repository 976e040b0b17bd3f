// Which metrics a workload's proxy doesn't tell: the last word on each counts, that of the widest
// rule first.

import { METRIC_NAMES, type TelemetryRule } from "#ir/telemetry-rule.ts";
import type { InboundPlan } from "#snapshot/plan.ts";
import { overridesOf } from "./telemetry-rules.ts";

export function compileMetrics(rules: readonly TelemetryRule[]): Pick<InboundPlan, "metricsOff"> {
  const source = offOf(rules, "source");
  const destination = offOf(rules, "destination");
  return source.length + destination.length > 0 ? { metricsOff: { source, destination } } : {};
}

function offOf(rules: readonly TelemetryRule[], side: "source" | "destination") {
  const said = new Map(overridesOf(rules, (rule) => rule.metrics, side).flat());
  return METRIC_NAMES.filter((name) => said.get(name) === true);
}
