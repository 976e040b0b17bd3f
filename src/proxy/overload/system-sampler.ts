// Measures this process. One sample costs about 40 microseconds, four of them a second.
//
// The event loop's delay is how late a sample is. Node's monitorEventLoopDelay would wake an idle
// process for itself, costs three times as much as all the rest to read, and forgets the first
// interval after each reset, which is most of ours.

import { readdirSync, readFileSync, statSync } from "node:fs";
import {
  getHeapSpaceStatistics,
  getHeapStatistics,
  type HeapSpaceInfo,
  setFlagsFromString,
} from "node:v8";
import { runInNewContext } from "node:vm";
import type { Clock } from "#base/clock.ts";
import type { OverloadSample, OverloadSampler } from "./overload-sample.ts";

const KiB = 1024;
const MiB = 1024 * KiB;

// What a connection takes outside of the heap and of buffers: mostly OpenSSL's state.
const CONNECTION_BYTES = 64 * KiB;
// V8 counts three of them into its limit.
const SEMI_SPACES = 3;
const SEMI_SPACE_BYTES = 32 * MiB;
const SEMI_SPACE_FLAG = "--max-semi-space-size=";
// Where the system knows of no limit.
const DESCRIPTORS_MAX = 1024;
const DESCRIPTORS_FOLDER = "/proc/self/fd";
// A limit of more than this is none.
const MEMORY_UNLIMITED_BYTES = 2 ** 50;

export class SystemSampler implements OverloadSampler {
  readonly descriptorsMax = descriptorsMax();
  readonly #clock: Clock;
  readonly #heapBytesMax = heapBytesMax();
  readonly #memoryBytesMax = memoryBytesMax();
  readonly #nativeBytes: number;
  #sampledAtMs: number;
  #collectGarbage: (() => void) | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#sampledAtMs = clock.nowMs();
    const { rss, heapTotal, external } = process.memoryUsage();
    this.#nativeBytes = rss - heapTotal - external;
  }

  sample(connectionsOpen: number, expectedMs: number): OverloadSample {
    const nowMs = this.#clock.nowMs();
    const elapsedMs = nowMs - this.#sampledAtMs;
    this.#sampledAtMs = nowMs;
    return {
      heapBytes: oldGenerationBytes(),
      heapBytesMax: this.#heapBytesMax,
      memoryBytes: this.#memoryBytes(connectionsOpen),
      memoryBytesMax: this.#memoryBytesMax,
      descriptors: descriptorsOpen(),
      descriptorsMax: this.descriptorsMax,
      loopDelayMs: Math.max(0, elapsedMs - expectedMs),
    };
  }

  collect(): void {
    this.#collectGarbage ??= garbageCollector();
    this.#collectGarbage();
  }

  // What is resident, less what was freed and not given back: the system's allocator keeps it for
  // us, so it will serve again, and a burst would count as pressure for ever.
  #memoryBytes(connectionsOpen: number): number {
    const { rss, heapTotal, external } = process.memoryUsage();
    const known = this.#nativeBytes + connectionsOpen * CONNECTION_BYTES;
    return Math.min(rss, known + heapTotal + external);
  }
}

// Young objects come and go by the megabyte, and mean nothing.
function oldGenerationBytes(): number {
  let bytes = 0;
  for (const space of getHeapSpaceStatistics()) if (isOld(space)) bytes += space.space_used_size;
  return bytes;
}

function isOld({ space_name: name }: HeapSpaceInfo): boolean {
  return !name.startsWith("new_") && !name.startsWith("read_only_");
}

function heapBytesMax(): number {
  const flag = process.execArgv.find((arg) => arg.startsWith(SEMI_SPACE_FLAG));
  const semiSpaceBytes =
    flag === undefined ? SEMI_SPACE_BYTES : Number(flag.slice(SEMI_SPACE_FLAG.length)) * MiB;
  const { heap_size_limit: limit } = getHeapStatistics();
  const oldBytes = limit - SEMI_SPACES * semiSpaceBytes;
  // Whatever of the young generation is in use must find room at its next collection: without that
  // room V8 gives up long before the last byte is taken.
  return Math.max(oldBytes - 2 * semiSpaceBytes, oldBytes / 2, 1);
}

// The control group's.
function memoryBytesMax(): number {
  const limit = process.constrainedMemory();
  return limit > 0 && limit < MEMORY_UNLIMITED_BYTES ? limit : Number.POSITIVE_INFINITY;
}

// "Max open files            1024                 524288               files": the soft one counts.
function descriptorsMax(): number {
  try {
    const lines = readFileSync("/proc/self/limits", "latin1").split("\n");
    const fields = lines.find((line) => line.startsWith("Max open files"))?.split(/\s+/);
    const soft = Number(fields?.[3]);
    return soft > 0 ? soft : DESCRIPTORS_MAX;
  } catch {
    return DESCRIPTORS_MAX;
  }
}

// Linux tells the count as the size of the folder; before 6.2 it has to be read.
function descriptorsOpen(): number {
  try {
    return statSync(DESCRIPTORS_FOLDER).size || readdirSync(DESCRIPTORS_FOLDER).length;
  } catch {
    // No descriptor is left to read it with, or this is no Linux.
    return 0;
  }
}

// V8 shows it to those only who ask for it by a flag.
function garbageCollector(): () => void {
  setFlagsFromString("--expose-gc");
  const collect: unknown = runInNewContext("globalThis.gc");
  return typeof collect === "function" ? () => void collect() : () => {};
}
