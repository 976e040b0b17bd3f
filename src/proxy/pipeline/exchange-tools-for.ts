// The tools of one proxy's exchanges: shared by those that its workload asks for and those that are
// asked of it, which are counted apart.

import { ByteAllowance } from "#proxy/exchange/byte-allowance.ts";
import type { OverloadMonitor } from "#proxy/overload/overload-monitor.ts";
import { ExemplarTaker } from "#proxy/telemetry/exemplar-taker.ts";
import type { Telemetry } from "#proxy/telemetry/telemetry.ts";
import type { CodecTools } from "#proxy/transport/codec-tools.ts";
import type { ExchangeTools } from "./exchange-tools.ts";
import { ExchangeWatch } from "./exchange-watch.ts";
import type { ProxySettings } from "./proxy-settings.ts";
import { unroutedSeries } from "./proxy-telemetry.ts";
import { RequestIds } from "./request-ids.ts";
import { retryBudgetInForce } from "./retry-budget-in-force.ts";
import type { World } from "./world.ts";

export function exchangeToolsFor(
  { clock, random }: World,
  settings: ProxySettings,
  { deadlines, limits }: CodecTools,
  telemetry: Telemetry,
  overload: OverloadMonitor,
  watchers: Required<Pick<ExchangeTools, "tap" | "recorder" | "accessLog" | "tracer">>,
): (reporter: "source" | "destination") => ExchangeTools {
  const budget = retryBudgetInForce(clock, limits);
  const watch = new ExchangeWatch(deadlines);
  const copies = new ByteAllowance();
  const exemplars = new ExemplarTaker(clock);
  const { accessLog, tracer } = watchers;
  const { telemetry: level = "metrics" } = settings;
  const tap = level === "metrics" || level === "tapped" ? watchers.tap : undefined;
  const recorder = level === "metrics" ? watchers.recorder : undefined;
  const counted = { exemplars, overload, accessLog, tracer, ...(tap && { tap }) };
  const ids = new RequestIds(random);
  const shared = { clock, deadlines, watch, random, ids, budget, copies, limits, ...counted };
  return (reporter) => ({
    ...shared,
    // Who is asked has no decision to tell of.
    ...(reporter === "source" && recorder && { recorder }),
    unrouted: unroutedSeries(telemetry, settings, reporter),
  });
}
