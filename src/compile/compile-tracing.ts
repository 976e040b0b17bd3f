// Which requests a workload's proxy traces, and what its spans say. Where they go is the control
// plane's matter; nowhere to go: nothing is traced.

import type { Workload } from "#ir/model.ts";
import type { SpanTag, TelemetryRule } from "#ir/telemetry-rule.ts";
import type { Tracing } from "#ir/tracing.ts";
import type { InboundPlan } from "#snapshot/plan.ts";
import type { SpanTagPlan, TracingSidePlan } from "#snapshot/tracing-plan.ts";
import { canonicalJson } from "./canonical-json.ts";
import { overridesOf } from "./telemetry-rules.ts";

export function compileTracing(
  tracing: Tracing | undefined,
  rules: readonly TelemetryRule[],
  workload: Workload,
): Pick<InboundPlan, "tracing"> {
  if (!tracing) return {};
  const source = sideOf(tracing, rules, workload, "source");
  const served = sideOf(tracing, rules, workload, "destination");
  const isAlike = canonicalJson(source) === canonicalJson(served);
  return { tracing: isAlike ? source : { ...source, served } };
}

function sideOf(
  { percent, paths }: Tracing,
  rules: readonly TelemetryRule[],
  workload: Workload,
  side: "source" | "destination",
): TracingSidePlan {
  const overrides = overridesOf(rules, (rule) => rule.tracing, side);
  const said = Object.assign({}, ...overrides) as (typeof overrides)[number];
  const tags = (said.tags ?? []).flatMap((tag) => tagPlanOf(tag, workload));
  return {
    ...(said.percent === undefined ? { percent, paths } : { percent: said.percent, paths: [] }),
    ...(said.isSilent && { isSilent: true as const }),
    ...(tags.length > 0 && { tags }),
  };
}

function tagPlanOf(tag: SpanTag, { environment }: Workload): readonly SpanTagPlan[] {
  const { name } = tag;
  if (tag.kind === "literal") return [{ name, value: tag.value }];
  const otherwise = tag.otherwise === undefined ? {} : { value: tag.otherwise };
  if (tag.kind === "header") return [{ name, header: tag.header, ...otherwise }];
  const value = environment.get(tag.variable) ?? tag.otherwise;
  return value === undefined ? [] : [{ name, value }];
}
