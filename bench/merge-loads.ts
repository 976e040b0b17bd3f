// What several processes of the load found together, that share its connections and its rate.

import type { LoadErrors, LoadResult, Percentiles } from "#bench/load/load-result.ts";

export function mergeLoads(results: readonly [LoadResult, ...LoadResult[]]): LoadResult {
  const [first] = results;
  if (results.length === 1) return first;
  const sum = (figure: (result: LoadResult) => number) =>
    results.reduce((all, result) => all + figure(result), 0);
  const requests = sum((result) => result.requests);
  const { requested } = first.ratePerSecond;
  return {
    ...first,
    ...{ connections: sum((result) => result.connections), requests },
    elapsedMs: Math.max(...results.map(({ elapsedMs }) => elapsedMs)),
    answers: sum((result) => result.answers),
    succeeded: sum((result) => result.succeeded),
    successRate: Math.min(...results.map(({ successRate }) => successRate)),
    errors: errorsOf(results),
    abandoned: sum((result) => result.abandoned),
    statuses: countsOf(results.map(({ statuses }) => statuses)),
    grpcStatuses: countsOf(results.map(({ grpcStatuses }) => grpcStatuses)),
    bodyBytes: sum((result) => result.bodyBytes),
    ratePerSecond: {
      requested: requested === null ? null : sum((one) => one.ratePerSecond.requested ?? 0),
      achieved: Number(sum(({ ratePerSecond }) => ratePerSecond.achieved).toFixed(1)),
    },
    latencyUs: worst(results.map(({ latencyUs }) => latencyUs)),
    generator: {
      cpuUsPerRequest: Number(
        (
          sum((one) => one.generator.cpuUsPerRequest * one.requests) / Math.max(1, requests)
        ).toFixed(2),
      ),
      cpuShare: Math.max(...results.map(({ generator }) => generator.cpuShare)),
      busyShare: Math.max(...results.map(({ generator }) => generator.busyShare)),
      latenessUs: worst(results.map(({ generator }) => generator.latenessUs)),
    },
    isLimit: results.some(({ isLimit }) => isLimit),
    limitReason: results.find(({ isLimit }) => isLimit)?.limitReason ?? "",
  };
}

function errorsOf(results: readonly LoadResult[]): LoadErrors {
  const kinds = Object.keys(results[0]!.errors) as (keyof LoadErrors)[];
  const count = (kind: keyof LoadErrors) =>
    results.reduce((all, { errors }) => all + errors[kind], 0);
  return Object.fromEntries(kinds.map((kind) => [kind, count(kind)])) as LoadErrors;
}

type Counts = readonly (readonly [status: number, count: number])[];

function countsOf(all: readonly Counts[]): Counts {
  const counts = new Map<number, number>();
  for (const [status, count] of all.flat()) counts.set(status, (counts.get(status) ?? 0) + count);
  return [...counts];
}

// Percentiles can't be added up: each is that of the process that saw the worse, never better than
// what all of them saw together.
function worst(all: readonly Percentiles[]): Percentiles {
  const of = (name: keyof Percentiles) => Math.max(...all.map((one) => one[name]));
  return {
    ...{ p50: of("p50"), p75: of("p75"), p90: of("p90"), p99: of("p99") },
    ...{ p999: of("p999"), max: of("max"), mean: of("mean") },
  };
}
