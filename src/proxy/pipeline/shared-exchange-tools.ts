// What all exchanges of a proxy share, whoever they come from.

import { ByteAllowance } from "#proxy/exchange/byte-allowance.ts";
import { ExemplarTaker } from "#proxy/telemetry/exemplar-taker.ts";
import type { CodecTools } from "#proxy/transport/codec-tools.ts";
import type { ExchangeTools } from "./exchange-tools.ts";
import { ExchangeWatch } from "./exchange-watch.ts";
import { retryBudgetInForce } from "./retry-budget-in-force.ts";
import type { World } from "./world.ts";

export function sharedExchangeTools(
  { clock, random }: World,
  { deadlines, limits }: CodecTools,
): Omit<ExchangeTools, "unrouted" | "recorder" | "overload" | "tap"> {
  return {
    ...{ clock, random, deadlines, limits },
    watch: new ExchangeWatch(deadlines),
    budget: retryBudgetInForce(clock, limits),
    copies: new ByteAllowance(),
    exemplars: new ExemplarTaker(clock),
  };
}
