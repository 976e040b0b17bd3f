// What a process uses of that which it can't do without, and how much there is of it.

export type OverloadSample = {
  // V8's heap, less its young generation, which is emptied all the time.
  readonly heapBytes: number;
  readonly heapBytesMax: number;
  // Of the whole process, buffers outside of the heap among them. Infinity: nobody limits it.
  readonly memoryBytes: number;
  readonly memoryBytesMax: number;
  readonly descriptors: number;
  readonly descriptorsMax: number;
  // How much later than it should this sample is taken: other work kept it waiting.
  readonly loopDelayMs: number;
};

// How a process is measured: the system's own in a process, figures in a test.
export type OverloadSampler = {
  readonly descriptorsMax: number;
  // `expectedMs`: how long after the last one it should have been.
  sample(connectionsOpen: number, expectedMs: number): OverloadSample;
  // Throws garbage away, so that the next sample counts only what is in use.
  collect(): void;
};
