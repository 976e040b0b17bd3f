// Measures what a decision costs among many routes. Run by decide.bench.ts, small in the tests.

import assert from "node:assert/strict";
import { bindOutbound } from "./bind.ts";
import { decide } from "./decide.ts";
import type { DecisionRequest } from "./decision.ts";
import { type RouteSketch, samplePlan, sampleRequest } from "./sample-plans.ts";

export type DecideSize = {
  readonly routes: number;
  readonly rounds: number;
  readonly decisionsPerRound: number;
};

export type DecideResult = DecideSize & {
  readonly medianNs: number; // of the rounds' means
  readonly slowestNs: number;
  // Of heap, in the round that took least: 0, or the 16 of a draw that the caller had to box.
  readonly bytesPerDecision: number;
};

// A quarter each: exact paths, prefixes of segments, paths with a method, paths with a header; one
// route for the rest at the end.
export function measureDecide(size: DecideSize, cpuMs: () => number): DecideResult {
  const bound = bindOutbound(samplePlan([...sketches(size.routes - 1), {}]));
  const requests = Array.from({ length: 1024 }, (_, i) => request(i, size.routes));
  const meansNs: number[] = [];
  let bytes = Number.POSITIVE_INFINITY;
  let sum = 0;
  for (let round = 0; round < size.rounds; round++) {
    const heapBefore = process.memoryUsage().heapUsed;
    const startMs = cpuMs();
    for (let i = 0; i < size.decisionsPerRound; i++) {
      sum = (sum + decide(bound, requests[i & 1023]!, (i & 255) / 256).index) & 0xffff;
    }
    meansNs.push(((cpuMs() - startMs) * 1e6) / size.decisionsPerRound);
    // Less than nothing where the collector ran meanwhile: that round tells nothing.
    const bytesMore = process.memoryUsage().heapUsed - heapBefore;
    if (bytesMore >= 0) bytes = Math.min(bytes, bytesMore);
  }
  // Uses the decisions, so that they can't be optimised away.
  assert.ok(sum > 0, "every request was answered no-route");
  meansNs.sort((a, b) => a - b);
  return {
    ...size,
    medianNs: Math.round(meansNs[meansNs.length >> 1]!),
    slowestNs: Math.round(meansNs.at(-1)!),
    bytesPerDecision: Math.round((100 * bytes) / size.decisionsPerRound) / 100,
  };
}

function sketches(count: number): RouteSketch[] {
  return Array.from({ length: count }, (_, i) => {
    const backends = [
      { backend: 0, weight: 90 },
      { backend: 1, weight: 10 },
    ];
    const path = `/api/v1/resource-${i}`;
    switch (i % 4) {
      case 0:
        return { backends, matches: [{ path: { kind: "exact", value: path } }] };
      case 1:
        return { backends, matches: [{ path: { kind: "segment-prefix", value: path } }] };
      case 2:
        return { backends, matches: [{ path: { kind: "exact", value: path }, method: "GET" }] };
      default: {
        const headers = [{ name: "version", value: { kind: "exact", value: "v2" } }] as const;
        return { backends, matches: [{ path: { kind: "prefix", value: path }, headers }] };
      }
    }
  });
}

function request(i: number, routes: number): DecisionRequest {
  const to = (i * 7919) % routes;
  const headers = ["accept", "*/*", "x-request-id", `${i}`, "version", i % 2 === 0 ? "v2" : "v1"];
  return sampleRequest(`/api/v1/resource-${to}${to % 4 === 1 ? "/items" : ""}?page=${i}`, headers);
}
