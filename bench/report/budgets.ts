// The budget table: what is aimed at, what the floor is, and where the measured figure comes from.

import type { ProxyResult } from "../proxy-result.ts";
import type { Estimate } from "./estimate.ts";
import * as own from "./own-figures.ts";
import { addedRatio, cpuPerRequest, ratio } from "./ratios.ts";

export type Budget = {
  readonly what: string;
  readonly aim: number | undefined;
  readonly floor: number | undefined;
  readonly unit: "x" | "MiB" | "KiB" | "%" | "ms";
  // Of a throughput, more is better; of everything else, less.
  readonly better: "less" | "more";
  readonly measured: (result: ProxyResult) => Estimate | undefined;
};

const PEER_NAMES: Readonly<Record<string, string>> = { haproxy: "HAProxy", envoy: "Envoy" };
const PERCENTILES = { p50: "p50", p99: "p99", p999: "p99.9" } as const;

export const BUDGETS: readonly Budget[] = [
  cpu("plaintext HTTP/1, one proxy, 64 connections", "plain-64", "haproxy", 1.2, 1.5),
  cpu("the same, 8 connections", "plain-8", "haproxy", 1.2, 1.5),
  cpu("mTLS pair, 64 connections", "pair-64", "haproxy", 0.75, 1.1),
  cpu("the same", "pair-64", "envoy", 0.25, 0.4),
  cpu("mTLS pair, 8 connections", "pair-8", "haproxy", 0.8, 1.15),
  cpu("the same", "pair-8", "envoy", 0.3, 0.45),
  cpu("HTTP/2 application, 4 x 16 streams, pair", "http2-4x16", "envoy", 0.7, 1.0),
  ...[32, 64, 128].map((count) =>
    cpu(`no keep-alive, ${count}, pair`, `no-keep-alive-${count}`, "envoy", 0.5, 0.8),
  ),
  latency("p50", "haproxy", 1, undefined),
  latency("p99", "haproxy", 1, undefined),
  latency("p999", "haproxy", 1.5, undefined),
  latency("p50", "envoy", undefined, 0.7),
  latency("p99", "envoy", undefined, 0.7),
  {
    what: "1 MiB bodies through the pair, throughput against HAProxy",
    ...{ aim: 0.9, floor: 0.6, unit: "x", better: "more" },
    measured: (result) => ratio(result, "bodies-1MiB", "haproxy", (run) => run.bodyBytesPerSecond),
  },
  ofOurs("anonymous memory of a sidecar, idle", 16, 20, "MiB", own.idleMemoryMib),
  ofOurs("the same, 64 busy connections", 22, 28, "MiB", own.busyMemoryMib),
  ofOurs("an idle plain connection", 8, 20, "KiB", (one) => own.idleConnectionKib(one, "plain")),
  ofOurs("an idle mTLS connection", 70, 90, "KiB", (one) => own.idleConnectionKib(one, "mesh")),
  ofOurs("idle CPU of a sidecar, of one core", 0.1, 0.5, "%", own.idleCpuPercent),
  ofOurs("start to ready, from emitted JavaScript", 200, 400, "ms", (one) =>
    own.startMs(one, "warm"),
  ),
];

function cpu(what: string, load: string, peer: string, aim: number, floor: number): Budget {
  return {
    what: `${what}: CPU per request against ${PEER_NAMES[peer]}`,
    ...{ aim, floor, unit: "x", better: "less" },
    measured: (result) => ratio(result, load, peer, cpuPerRequest),
  };
}

function latency(
  which: keyof typeof PERCENTILES,
  peer: string,
  aim: number | undefined,
  floor: number | undefined,
): Budget {
  return {
    what: `added latency of the pair, ${PERCENTILES[which]} against ${PEER_NAMES[peer]}`,
    ...{ aim, floor, unit: "x", better: "less" },
    measured: (result) => addedRatio(result, "latency", peer, (run) => run.latencyUs[which]),
  };
}

function ofOurs(
  what: string,
  aim: number,
  floor: number,
  unit: Budget["unit"],
  measured: Budget["measured"],
): Budget {
  return { what, aim, floor, unit, better: "less", measured };
}
