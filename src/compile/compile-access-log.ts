// Of which requests a workload's proxy writes lines. A rule's word on one side of them (those that
// the workload makes, those that it is sent) stands in for the mesh's filter; what a line says is
// the mesh's alone.

import { type AccessLog, DEFAULT_ACCESS_LOG_FIELDS } from "#ir/access-log.ts";
import type { AccessLogOverride, TelemetryRule } from "#ir/telemetry-rule.ts";
import type { AccessLogFilter } from "#snapshot/access-log-plan.ts";
import type { InboundPlan } from "#snapshot/plan.ts";
import { overridesOf } from "./telemetry-rules.ts";

type Side = "source" | "destination";

const DEFAULTS = { format: "json", fields: DEFAULT_ACCESS_LOG_FIELDS, headers: [] } as const;

export function compileAccessLog(
  log: AccessLog | undefined,
  rules: readonly TelemetryRule[],
): Pick<InboundPlan, "accessLog"> {
  const source = overridesOf(rules, (rule) => rule.accessLog, "source").at(-1);
  const destination = overridesOf(rules, (rule) => rule.accessLog, "destination").at(-1);
  if (!source && !destination) return log ? { accessLog: log } : {};
  const filters = [
    ...filterOf(log, source, "source"),
    ...filterOf(log, destination, "destination"),
  ];
  const [filter, ...further] = filters;
  if (!filter) return {};
  const { format, fields, headers } = log ?? DEFAULTS;
  const others = further.length > 0 && { further };
  const isOnce = log?.isOnce === true && source === undefined;
  return { accessLog: { format, fields, headers, filter, ...others, isOnce } };
}

// None: nothing of that side is written.
function filterOf(
  log: AccessLog | undefined,
  override: AccessLogOverride | undefined,
  reporter: Side,
): readonly AccessLogFilter[] {
  if (override?.kind === "off") return [];
  if (override) return [{ reporter, ...(override.test && { test: override.test }) }];
  if (!log || (log.filter.reporter ?? reporter) !== reporter) return [];
  return [{ ...log.filter, reporter }];
}
