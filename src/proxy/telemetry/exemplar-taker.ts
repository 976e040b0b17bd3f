// Hot path.
//
// Which requests become examples in histograms: of each second's first ones, a few that are sampled
// for a trace, so that a chart leads to a trace that somebody has.

import type { Clock } from "#base/clock.ts";
import { LIMITS } from "#base/limits.ts";
import { ownCopy } from "#base/own-copy.ts";
import { isSampled } from "./is-sampled.ts";
import type { Exemplar } from "./outcome.ts";

const SECOND_MS = 1000;
// https://www.w3.org/TR/trace-context/#traceparent-header: 00-<32 hex>-<16 hex>-<flags>
const TRACE_AT = 3;
const TRACE_END = 35;
const HEX = /^[0-9a-f]{32}$/;

export class ExemplarTaker {
  readonly #clock: Clock;
  #left = LIMITS.exemplarsPerSecond;
  #looksLeft = LIMITS.exemplarLooksPerSecond;
  #sinceMs = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  // Whether it is worth looking for a trace.
  wants(nowMs: number): boolean {
    if (nowMs - this.#sinceMs >= SECOND_MS) {
      this.#sinceMs = nowMs;
      this.#left = LIMITS.exemplarsPerSecond;
      this.#looksLeft = LIMITS.exemplarLooksPerSecond;
    }
    return this.#left > 0 && this.#looksLeft-- > 0;
  }

  take(traceparent: string, durationMs: number, firstByteMs: number): Exemplar | undefined {
    if (!isSampled(traceparent)) return undefined;
    const cut = traceparent.slice(TRACE_AT, TRACE_END);
    if (!HEX.test(cut)) return undefined;
    this.#left--;
    const traceId = ownCopy(cut);
    return { traceId, durationMs, firstByteMs, atMs: this.#clock.wallMs() };
  }
}
