// Hot path.
//
// Gives a request the ids that it came without: its own, and a trace's. A trace that somebody is to
// see begins with a span of ours, when the exchange begins.

import type { ExchangeTools } from "./exchange-tools.ts";
import type { Noted } from "./header-edits.ts";

export function pushIds(
  headers: string[],
  noted: Noted,
  path: string,
  { ids, tracer, unrouted }: ExchangeTools,
): void {
  if (!noted.requestId) headers.push("x-request-id", ids.requestId());
  if (noted.hasTrace) return;
  if (tracer?.isOn === true) {
    const isServed = unrouted.key?.reporter === "destination";
    if (tracer.isDrawn(headers, path, isServed)) return;
  }
  headers.push("traceparent", ids.traceparent());
}
