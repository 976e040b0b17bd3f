// How this proxy finds the endpoints that it knows, for people who ask why one gets no requests.
// Told are those of which there is something to say: in use, or left out for a while.

import { LIMITS } from "#base/limits.ts";
import { backendKey } from "#snapshot/backend-key.ts";
import type { EndpointsBackendPlan } from "#snapshot/plan.ts";
import type { EndpointSample } from "#snapshot/recorded-request.ts";
import type { Destination } from "./destination.ts";
import type { Endpoint } from "./endpoint.ts";

// An average that nothing has touched for so long says nothing of now.
const STALE_MS = 60_000;

export function endpointSamples(
  destinations: Iterable<Destination>,
  nowMs: number,
): EndpointSample[] {
  const samples: EndpointSample[] = [];
  const seen = new Set<string>();
  for (const { plan, forwardings } of destinations) {
    for (const [i, backend] of plan.backends.entries()) {
      if (backend.kind !== "endpoints" || seen.has(backendKey(backend))) continue;
      seen.add(backendKey(backend));
      for (const endpoint of forwardings[0]?.[i]?.endpoints ?? []) {
        const sample = sampleOf(backend, endpoint, nowMs);
        if (!isNotable(sample)) continue;
        samples.push(sample);
        if (samples.length === LIMITS.endpointsToldMax) return samples;
      }
    }
  }
  return samples;
}

function sampleOf(
  backend: EndpointsBackendPlan,
  { address, load, health }: Endpoint,
  nowMs: number,
): EndpointSample {
  const { namespace, service, subset, port, policy } = backend;
  const warmUp = policy?.balancer && "warmUp" in policy.balancer && policy.balancer.warmUp;
  const warmMs = warmUp && health ? health.sinceMs + warmUp.durationMs : 0;
  return {
    ...{ namespace, service, subset, port, address },
    inFlight: load.inFlight,
    latencyMs: load.isStale(nowMs, STALE_MS) ? 0 : load.averageMs,
    ejectedForMs: health?.isEjected(nowMs) ? health.ejectedUntilMs - nowMs : 0,
    isAvoided: load.isAvoided(nowMs),
    warmingForMs: Math.max(0, warmMs - nowMs),
  };
}

function isNotable(sample: EndpointSample): boolean {
  const { inFlight, latencyMs, ejectedForMs, isAvoided, warmingForMs } = sample;
  return isAvoided || inFlight + latencyMs + ejectedForMs + warmingForMs > 0;
}
