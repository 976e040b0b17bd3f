// A report as it comes from a proxy, held against what a report may be: whoever sends it has shown
// a certificate, but its numbers must not break ours, and it speaks for its own workload only.

import { LIMITS } from "#base/limits.ts";
import { LATENCY_BOUNDS_MS } from "#snapshot/latency.ts";
import type { ProcessSample, SeriesDelta, SeriesKey } from "#snapshot/report.ts";

export type ProxyName = { readonly namespace: string; readonly workload: string };

// What people and metrics call a workload: a pod by its controller.
export type NameOf = (namespace: string, workload: string) => string;

const TEXTS = [
  "sourceNamespace",
  "sourceWorkload",
  "sourceIdentity",
  "destinationNamespace",
  "destinationWorkload",
  "destinationIdentity",
  "destinationService",
  "destinationServiceNamespace",
  "route",
  "backend",
] as const satisfies readonly (keyof SeriesKey)[];

const COUNTS = [
  "successes",
  "failures",
  "retries",
  "inFlight",
  "requestBytes",
  "responseBytes",
] as const satisfies readonly (keyof SeriesDelta)[];

// `nameOf`: people's name of the proxy's workload, by which its own series may call it, too.
export function isSoundDelta(delta: SeriesDelta, proxy: ProxyName, nameOf: NameOf): boolean {
  if (typeof delta !== "object" || delta === null) return false;
  const { key, latency } = delta;
  if (typeof key !== "object" || key === null || !isSoundKey(key, proxy, nameOf)) return false;
  if (!COUNTS.every((name) => isCount(delta[name]))) return false;
  return Array.isArray(latency) && latency.length <= BUCKETS && latency.every(isSoundBucket);
}

export function isSoundSample(sample: ProcessSample): boolean {
  return (
    typeof sample === "object" &&
    sample !== null &&
    isCount(sample.cpuMs) &&
    isCount(sample.memoryBytes) &&
    isCount(sample.connectionsOpen)
  );
}

const BUCKETS = LATENCY_BOUNDS_MS.length + 1;

function isSoundKey(key: SeriesKey, proxy: ProxyName, nameOf: NameOf): boolean {
  const { namespace, workload } = proxy;
  const isOwn = (name: string) => name === workload || name === nameOf(namespace, workload);
  const areTexts = TEXTS.every((name) => {
    const text: unknown = key[name];
    return typeof text === "string" && text.length <= LIMITS.reportTextMax;
  });
  if (!areTexts || !isCount(key.destinationPort) || typeof key.isMutualTls !== "boolean") {
    return false;
  }
  if (key.protocol !== undefined && key.protocol !== "tcp") return false;
  switch (key.reporter) {
    case "source":
      return key.sourceNamespace === namespace && isOwn(key.sourceWorkload);
    case "destination":
      return key.destinationNamespace === namespace && isOwn(key.destinationWorkload);
    default:
      return false;
  }
}

function isSoundBucket(pair: readonly [number, number]): boolean {
  return Array.isArray(pair) && Number.isInteger(pair[0]) && pair[0] >= 0 && pair[0] < BUCKETS
    ? isCount(pair[1])
    : false;
}

function isCount(value: unknown): value is number {
  return typeof value === "number" && value >= 0 && value <= Number.MAX_SAFE_INTEGER;
}
