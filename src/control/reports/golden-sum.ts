// Adds deltas up to golden metrics.

import type { GoldenMetrics } from "#api/golden-metrics.ts";
import { LATENCY_BOUNDS_MS } from "#snapshot/latency.ts";
import { percentile, sumOf } from "./percentile.ts";
import type { StoredDelta } from "./report-history.ts";

export class GoldenSum {
  readonly #latency = new Float64Array(LATENCY_BOUNDS_MS.length + 1);
  #successes = 0;
  #failures = 0;
  #retries = 0;
  #inFlight = 0;

  // `share` is how much of the delta's time lies in the window.
  add(delta: StoredDelta, share: number): void {
    this.#successes += delta.successes * share;
    this.#failures += delta.failures * share;
    this.#retries += delta.retries * share;
    const { latency } = delta;
    for (let i = 0; i < latency.length; i += 2) {
      this.#latency[latency[i]!]! += latency[i + 1]! * share;
    }
  }

  addInFlight(requests: number): void {
    this.#inFlight += requests;
  }

  get requests(): number {
    return this.#successes + this.#failures;
  }

  metrics(windowMs: number): GoldenMetrics {
    const requests = this.requests;
    const latency = this.#latency;
    const measured = sumOf(latency);
    return {
      requests: Math.round(requests),
      failures: Math.round(this.#failures),
      retries: Math.round(this.#retries),
      successRate: requests > 0 ? this.#successes / requests : null,
      rps: (requests * 1000) / windowMs,
      latencyP50Ms: percentile(latency, 0.5, measured),
      latencyP95Ms: percentile(latency, 0.95, measured),
      latencyP99Ms: percentile(latency, 0.99, measured),
      inFlight: this.#inFlight,
    };
  }
}
