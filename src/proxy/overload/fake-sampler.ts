// For tests and simulators: a process that uses what it is told to use.

import type { OverloadSample, OverloadSampler } from "./overload-sample.ts";

const IDLE: OverloadSample = {
  ...{ heapBytes: 0, heapBytesMax: 100 },
  ...{ memoryBytes: 0, memoryBytesMax: Number.POSITIVE_INFINITY },
  ...{ descriptors: 0, descriptorsMax: 1000 },
  loopDelayMs: 0,
};

export class FakeSampler implements OverloadSampler {
  readonly descriptorsMax: number;
  // Less the garbage, which is gone after a collection.
  sampled = IDLE;
  garbageBytes = 0;
  collections = 0;

  constructor(descriptorsMax = IDLE.descriptorsMax) {
    this.descriptorsMax = descriptorsMax;
  }

  use(some: Partial<OverloadSample>): void {
    this.sampled = { ...this.sampled, ...some };
  }

  sample(): OverloadSample {
    const { heapBytes } = this.sampled;
    return { ...this.sampled, heapBytes: heapBytes + this.garbageBytes };
  }

  collect(): void {
    this.collections++;
    this.garbageBytes = 0;
  }
}
