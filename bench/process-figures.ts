// What Linux knows of processes: processor time and memory.

import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";

export type ProcessorTime = { readonly userMs: number; readonly systemMs: number };

export type Memory = {
  readonly anonymousKiB: number;
  readonly residentKiB: number;
  readonly proportionalKiB: number; // PSS
};

const TICKS_PER_SECOND = Number(execFileSync("getconf", ["CLK_TCK"], { encoding: "utf8" }));
const TICK_MS = 1000 / TICKS_PER_SECOND;

export function processorTime(pid: number): ProcessorTime {
  const fields = statFields(pid);
  return { userMs: Number(fields[11]) * TICK_MS, systemMs: Number(fields[12]) * TICK_MS };
}

// When it was started, since boot.
export function startedAtMs(startTime: string): number {
  return Number(startTime) * TICK_MS;
}

export function memoryOf(pid: number): Memory {
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  const rollup = readFileSync(`/proc/${pid}/smaps_rollup`, "utf8");
  return {
    anonymousKiB: field(status, "RssAnon"),
    residentKiB: field(status, "VmRSS"),
    proportionalKiB: field(rollup, "Pss"),
  };
}

// The first of these alone: the other two cost the process time, too.
export function anonymousKiB(pid: number): number {
  return field(readFileSync(`/proc/${pid}/status`, "utf8"), "RssAnon");
}

// All that was received on the loopback device since boot: each byte that was sent there, once.
export function loopbackBytes(): number {
  const found = /^\s*lo:\s*(\d+)/m.exec(readFileSync("/proc/net/dev", "utf8"));
  return Number(found?.[1] ?? 0);
}

// To the nanosecond, where ticks are too coarse: of all threads that still run.
export function exactProcessorMs(pid: number): number {
  const threads = readdirSync(`/proc/${pid}/task`);
  const times = threads.map((id) => readFileSync(`/proc/${pid}/task/${id}/schedstat`, "utf8"));
  return times.reduce((sum, text) => sum + Number(text.split(" ")[0]) / 1e6, 0);
}

// Of the whole machine, all cores: what wasn't idle.
export function machineBusyMs(): number {
  const [line = ""] = readFileSync("/proc/stat", "utf8").split("\n");
  const times = line.trim().split(/\s+/).slice(1, 9).map(Number);
  // user nice system idle iowait irq softirq steal
  const idle = times[3]! + times[4]!;
  return (times.reduce((sum, time) => sum + time, 0) - idle) * TICK_MS;
}

export function childrenOf(pid: number): number[] {
  const text = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8");
  return text.trim().split(/\s+/).filter(Boolean).map(Number);
}

// After the command's name, which may contain anything: [0] is the state.
function statFields(pid: number): readonly string[] {
  const text = readFileSync(`/proc/${pid}/stat`, "utf8");
  return text.slice(text.lastIndexOf(")") + 2).split(" ");
}

function field(text: string, name: string): number {
  const found = new RegExp(`^${name}:\\s+(\\d+) kB`, "m").exec(text);
  return found ? Number(found[1]) : 0;
}
