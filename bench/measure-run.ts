// One load on one subject: warm-up, then the window that counts, with what the proxies spent on it.
//
// Warm-up and window are two processes of the load, so that every request of the second one and
// nothing else falls between two readings of the proxies' counters.

import { setTimeout as wait } from "node:timers/promises";
import type { LoadResult } from "#bench/load/load-result.ts";
import type { Children } from "./children.ts";
import type { LoadShape } from "./load-shapes.ts";
import {
  loopbackBytes,
  type Memory,
  machineBusyMs,
  memoryOf,
  type ProcessorTime,
  processorTime,
} from "./process-figures.ts";
import { putLoad } from "./put-load.ts";
import { refusals } from "./refusals.ts";
import type { ProxyProcess, Subject } from "./subject.ts";

// When, within the window, a busy proxy's memory is read.
const MEMORY_AT = 0.7;
const COUNTERS_PATIENCE_MS = 1_000;
const LOOK_MS = 50;

export type Run = {
  readonly subject: string;
  readonly load: string;
  readonly requests: number;
  readonly perSecond: number;
  readonly bodyBytesPerSecond: number;
  // User and system time for each request, by process.
  readonly cpuUs: { readonly proxies: readonly ProxyCost[]; readonly total: number };
  readonly backendCpuUs: number;
  readonly latencyUs: LoadResult["latencyUs"];
  readonly memory: readonly ({ readonly role: string } & Memory)[]; // busy
  // For each request, on all hops from the load to the backend and back, of this machine's loopback
  // device: others who use it count, too.
  readonly loopbackBytes: number;
  readonly counted: readonly number[]; // by the proxies
  readonly generator: LoadResult["generator"];
  // The share of all cores that nothing of this run used: others on the machine.
  readonly foreignShare: number;
  // Why it doesn't count; empty: it does.
  readonly refused: readonly string[];
};

export type ProxyCost = {
  readonly role: ProxyProcess["role"];
  readonly userUs: number;
  readonly systemUs: number;
};

export type RunSetting = {
  readonly children: Children;
  readonly load: readonly string[];
  readonly backendPids: readonly number[];
  readonly cores: number;
  readonly warmUpSeconds: number;
  readonly windowSeconds: number;
  readonly isTimed: boolean;
};

export async function measureRun(
  subject: Subject,
  shape: LoadShape,
  setting: RunSetting,
): Promise<Run> {
  const { proxies, name } = subject;
  const { children, load, backendPids, cores, windowSeconds } = setting;
  await putLoad(children, load, subject, shape, { seconds: setting.warmUpSeconds });
  const countedBefore = await settled(subject, undefined);
  const before = readings(proxies, backendPids);
  const loading = putLoad(children, load, subject, shape, { seconds: windowSeconds });
  await wait(windowSeconds * 1000 * MEMORY_AT);
  const memory = proxies.map(({ role, pid }) => ({ role, ...memoryOf(pid) }));
  const result = await loading;
  const after = readings(proxies, backendPids);
  const wanted = countedBefore.map((count) => count + result.requests);
  const counted = (await settled(subject, wanted)).map((count, i) => count - countedBefore[i]!);
  const { requests } = result;
  const each = (value: number) => rounded(value / Math.max(1, requests));
  const costs = proxies.map(({ role }, i) => ({
    role,
    userUs: each((after.proxies[i]!.userMs - before.proxies[i]!.userMs) * 1000),
    systemUs: each((after.proxies[i]!.systemMs - before.proxies[i]!.systemMs) * 1000),
  }));
  return {
    ...{ subject: name, load: shape.name, requests },
    perSecond: result.ratePerSecond.achieved,
    bodyBytesPerSecond: Math.round((result.bodyBytes * 1000) / Math.max(1, result.elapsedMs)),
    cpuUs: {
      proxies: costs,
      total: rounded(costs.reduce((sum, { userUs, systemUs }) => sum + userUs + systemUs, 0)),
    },
    backendCpuUs: each((after.backendMs - before.backendMs) * 1000),
    latencyUs: result.latencyUs,
    memory,
    loopbackBytes: each(after.loopbackBytes - before.loopbackBytes),
    counted,
    generator: result.generator,
    foreignShare: foreignShare(before, after, result, cores),
    refused: refusals(result, counted, setting.isTimed),
  };
}

// An answer is counted a moment after its last byte.
async function settled(
  subject: Subject,
  wanted: readonly number[] | undefined,
): Promise<readonly number[]> {
  let counted = await subject.requests();
  for (let ms = 0; ms < COUNTERS_PATIENCE_MS; ms += LOOK_MS) {
    await wait(LOOK_MS);
    const again = await subject.requests();
    const isStill = again.every((count, i) => count === (wanted ?? counted)[i]);
    counted = again;
    if (isStill) break;
  }
  return counted;
}

type Readings = {
  readonly atMs: number;
  readonly busyMs: number;
  readonly backendMs: number;
  readonly loopbackBytes: number;
  readonly proxies: readonly ProcessorTime[];
};

function readings(proxies: readonly ProxyProcess[], backendPids: readonly number[]): Readings {
  return {
    atMs: performance.now(),
    busyMs: machineBusyMs(),
    backendMs: backendPids.reduce((sum, pid) => sum + total(processorTime(pid)), 0),
    loopbackBytes: loopbackBytes(),
    proxies: proxies.map(({ pid }) => processorTime(pid)),
  };
}

function foreignShare(before: Readings, after: Readings, result: LoadResult, cores: number) {
  const spent = ({ proxies, backendMs }: Readings) =>
    proxies.reduce((all, time) => all + total(time), backendMs);
  const generatorMs = (result.generator.cpuUsPerRequest * result.requests) / 1000;
  const oursMs = spent(after) - spent(before) + generatorMs;
  const foreignMs = Math.max(0, after.busyMs - before.busyMs - oursMs);
  return rounded(foreignMs / ((after.atMs - before.atMs) * cores));
}

function total({ userMs, systemMs }: ProcessorTime): number {
  return userMs + systemMs;
}

function rounded(value: number): number {
  return Number(value.toFixed(2));
}
