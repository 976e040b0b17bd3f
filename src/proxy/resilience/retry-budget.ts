// Keeps retries from multiplying an outage.
//
// Each request puts `ratio` of a retry in and each retry takes one out, so retries stay a fixed
// share of the traffic however much of it fails. A trickle per second lets a quiet workload retry
// too. What can be saved is capped: a calm hour must not pay for a storm.

import assert from "node:assert/strict";
import type { Clock } from "#base/clock.ts";

export type RetryBudgetOptions = {
  readonly ratio: number;
  readonly retriesPerSecond: number;
  readonly retriesMax: number;
};

export class RetryBudget {
  readonly #clock: Clock;
  readonly #options: RetryBudgetOptions;
  #retries: number;
  #filledAtMs: number;

  constructor(clock: Clock, options: RetryBudgetOptions) {
    assert.ok(options.ratio >= 0);
    assert.ok(options.retriesPerSecond >= 0);
    assert.ok(options.retriesMax >= 1);
    this.#clock = clock;
    this.#options = options;
    this.#retries = options.retriesMax;
    this.#filledAtMs = clock.nowMs();
  }

  noteRequest(): void {
    this.#add(this.#options.ratio);
  }

  // Takes one retry out, if one is left.
  take(): boolean {
    const nowMs = this.#clock.nowMs();
    this.#add(((nowMs - this.#filledAtMs) / 1000) * this.#options.retriesPerSecond);
    this.#filledAtMs = nowMs;
    if (this.#retries < 1) return false;
    this.#retries -= 1;
    return true;
  }

  #add(retries: number): void {
    this.#retries = Math.min(this.#options.retriesMax, this.#retries + retries);
  }
}
