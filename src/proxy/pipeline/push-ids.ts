// Hot path.
//
// Gives a request the ids that it came without: its own, and a trace's, unless the exchange itself
// will say which trace it belongs to.

import type { Random } from "#base/random.ts";
import type { ExchangeTools } from "./exchange-tools.ts";
import type { Noted } from "./header-edits.ts";
import { requestId, traceparent } from "./request-ids.ts";

export function pushIds(
  headers: string[],
  noted: Noted,
  { tracer }: ExchangeTools,
  random: Random,
): void {
  if (!noted.requestId) headers.push("x-request-id", requestId(random));
  if (!noted.traceparent && tracer?.isOn !== true) {
    headers.push("traceparent", traceparent(random));
  }
}
