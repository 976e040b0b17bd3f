import assert from "node:assert/strict";
import { test } from "node:test";
import { FakeSampler } from "./fake-sampler.ts";
import { LoopDelays } from "./loop-delays.ts";
import { nextLevel, type OverloadLevel, pressuresOf, worstOf } from "./overload-level.ts";

// From a level, under a pressure, to a level.
const STEPS: readonly (readonly [OverloadLevel, number, OverloadLevel])[] = [
  [0, 0, 0],
  [0, 0.849, 0],
  [0, 0.85, 1],
  [0, 0.92, 2],
  [0, 0.95, 3],
  [0, 0.98, 4],
  [0, 2, 4],
  [1, 0.83, 1],
  [1, 0.819, 0],
  [2, 0.9, 2],
  [2, 0.88, 1],
  [3, 0.93, 3],
  [3, 0.91, 2],
  [3, 0.99, 4],
  [4, 0.96, 4],
  [4, 0.94, 3],
  [4, 0, 3],
];

for (const [from, pressure, to] of STEPS) {
  test(`level ${from} becomes ${to} at a pressure of ${pressure}`, () => {
    assert.equal(nextLevel(from, pressure), to);
  });
}

test("relief comes step by step, however sudden it is", () => {
  let level: OverloadLevel = 4;
  const levels: OverloadLevel[] = [];
  while (level > 0) {
    level = nextLevel(level, 0.1);
    levels.push(level);
  }
  assert.deepEqual(levels, [3, 2, 1, 0]);
});

test("what is nearest to its end decides", () => {
  const sample = new FakeSampler().sample();
  const limited = { ...sample, memoryBytes: 60, memoryBytesMax: 100, descriptors: 100 };
  assert.equal(worstOf(pressuresOf(limited, 0)), "memory");
  assert.equal(worstOf(pressuresOf({ ...limited, heapBytes: 61 }, 0)), "heap");
  assert.equal(worstOf(pressuresOf({ ...limited, descriptors: 620 }, 0)), "descriptors");
  assert.equal(worstOf(pressuresOf(limited, 700)), "loop");
});

test("memory that nobody limits presses nobody", () => {
  const sample = { ...new FakeSampler().sample(), memoryBytes: 1e12 };
  assert.equal(pressuresOf(sample, 0).memory, 0);
});

test("a slow event loop refuses work and accepts connections, however slow it is", () => {
  const { loop } = pressuresOf(new FakeSampler().sample(), 60_000);
  assert.equal(nextLevel(0, loop), 3);
});

test("one long stall is no pressure, a second of them is", () => {
  const delays = new LoopDelays();
  delays.note(5_000);
  assert.equal(delays.lastingMs, 0);
  for (const delayMs of [900, 700, 800]) delays.note(delayMs);
  assert.equal(delays.lastingMs, 700);
  delays.note(0);
  assert.equal(delays.lastingMs, 0);
});
