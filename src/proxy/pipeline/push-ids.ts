// Hot path.
//
// Gives a request the ids that it came without: its own, and a trace's. A trace that somebody is to
// see begins with a span of ours, when the exchange begins.

import type { Random } from "#base/random.ts";
import type { ExchangeTools } from "./exchange-tools.ts";
import type { Noted } from "./header-edits.ts";
import { requestId, traceparent } from "./request-ids.ts";

export function pushIds(
  headers: string[],
  noted: Noted,
  path: string,
  { tracer, unrouted }: ExchangeTools,
  random: Random,
): void {
  if (!noted.requestId) headers.push("x-request-id", requestId(random));
  if (noted.hasTrace) return;
  if (tracer?.isOn === true) {
    const isServed = unrouted.key?.reporter === "destination";
    if (tracer.isDrawn(headers, path, isServed)) return;
  }
  headers.push("traceparent", traceparent(random));
}
