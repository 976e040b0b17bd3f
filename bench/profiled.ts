// Loaded into a proxy that is profiled (`--import`). Each SIGUSR2 goes one step on:
// processor profile begins, is written, allocation profile begins, is written.
//
// Allocations are sampled with those that the collector takes meanwhile: they are what is looked
// for. How much was allocated in all, V8 counts by itself.

import { writeFileSync } from "node:fs";
import { Session } from "node:inspector";
import { join } from "node:path";
import { getHeapStatistics } from "node:v8";

const CPU_INTERVAL_US = 500;
const ALLOCATION_INTERVAL_BYTES = 4096;

const folder = new URL(import.meta.url).searchParams.get("folder") ?? ".";
const session = new Session();
let allocatedBefore = 0;
let step = 0;

session.connect();
process.on("SIGUSR2", () => STEPS[step++ % STEPS.length]!());

const STEPS = [beginCpu, endCpu, beginAllocations, endAllocations];

function beginCpu(): void {
  session.post("Profiler.enable");
  session.post("Profiler.setSamplingInterval", { interval: CPU_INTERVAL_US });
  session.post("Profiler.start");
}

function endCpu(): void {
  session.post("Profiler.stop", (_, { profile }) => write("cpu", profile));
}

function beginAllocations(): void {
  allocatedBefore = allocated();
  session.post("HeapProfiler.startSampling", {
    samplingInterval: ALLOCATION_INTERVAL_BYTES,
    includeObjectsCollectedByMajorGC: true,
    includeObjectsCollectedByMinorGC: true,
  });
}

function endAllocations(): void {
  const bytes = allocated() - allocatedBefore;
  session.post("HeapProfiler.stopSampling", (_, { profile }) =>
    write("allocations", { bytes, head: profile.head }),
  );
}

// Node's types don't know it yet.
function allocated(): number {
  const statistics: { readonly total_allocated_bytes?: number } = getHeapStatistics();
  return statistics.total_allocated_bytes ?? 0;
}

function write(kind: string, found: object): void {
  writeFileSync(join(folder, `${kind}.${process.pid}.json`), JSON.stringify(found));
}
