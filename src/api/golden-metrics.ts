// Traffic, errors, latency over a window. null where there was no request to measure.

export type GoldenMetrics = {
  readonly requests: number; // answered in the window
  readonly failures: number; // answered with 500 or more
  readonly retries: number;
  readonly successRate: number | null; // 0 to 1
  readonly rps: number;
  // Time until the first byte of the answer.
  readonly latencyP50Ms: number | null;
  readonly latencyP95Ms: number | null;
  readonly latencyP99Ms: number | null;
  readonly inFlight: number; // now
};
