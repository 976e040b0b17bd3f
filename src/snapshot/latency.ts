// Bounds of the latency histogram that proxies count in and the control plane adds up, in
// milliseconds. They contain every bound of Istio's and of Linkerd's histograms, so that /metrics
// can show exact buckets under either name, and steps of at most a quarter between 0.1 ms and 10 s,
// so that percentiles are good to a few per cent.

const ISTIO = [
  0.5, 1, 5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10_000, 30_000, 60_000, 300_000, 600_000,
  1_800_000, 3_600_000,
];
const LINKERD = [
  1, 2, 3, 4, 5, 10, 20, 30, 40, 50, 100, 200, 300, 400, 500, 1000, 2000, 3000, 4000, 5000, 10_000,
  20_000, 30_000, 40_000, 50_000,
];
const STEP = 1.25;

function bounds(): readonly number[] {
  const all = new Set([...ISTIO, ...LINKERD]);
  for (let bound = 0.1; bound < 10_000; bound *= STEP) all.add(Number(bound.toPrecision(3)));
  return [...all].sort((a, b) => a - b);
}

// Bucket i holds what is at most LATENCY_BOUNDS_MS[i] and more than the bound before it; one more
// bucket at the end holds the rest.
export const LATENCY_BOUNDS_MS = bounds();

export const ISTIO_BOUNDS_MS: readonly number[] = ISTIO;
export const LINKERD_BOUNDS_MS: readonly number[] = LINKERD;
