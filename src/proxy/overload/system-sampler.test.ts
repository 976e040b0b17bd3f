import assert from "node:assert/strict";
import { closeSync, openSync } from "node:fs";
import { test } from "node:test";
import { systemClock } from "#base/clock.ts";
import { FakeClock } from "#base/fake-clock.ts";
import { LIMITS } from "#base/limits.ts";
import { SystemSampler } from "./system-sampler.ts";

const LOOK_MS = LIMITS.overloadSampleMs;

test("descriptors are counted, against the limit of the process", () => {
  const sampler = new SystemSampler(systemClock);
  const before = sampler.sample(0, LOOK_MS).descriptors;
  const opened = Array.from({ length: 20 }, () => openSync("/dev/null", "r"));
  assert.equal(sampler.sample(0, LOOK_MS).descriptors, before + 20);
  for (const descriptor of opened) closeSync(descriptor);
  assert.equal(sampler.sample(0, LOOK_MS).descriptors, before);
  assert.ok(sampler.descriptorsMax > before);
});

test("objects in use count as heap, and garbage doesn't after a collection", () => {
  const sampler = new SystemSampler(systemClock);
  sampler.collect();
  const before = sampler.sample(0, LOOK_MS).heapBytes;
  let kept: unknown[] | undefined = Array.from({ length: 200_000 }, (_, i) => ({ i }));
  sampler.collect();
  const during = sampler.sample(0, LOOK_MS).heapBytes;
  assert.ok(during > before + 3e6, `${before} -> ${during}`);
  assert.equal(kept.length, 200_000);
  kept = undefined;
  sampler.collect();
  assert.ok(sampler.sample(0, LOOK_MS).heapBytes < before + 2e6);
});

test("buffers outside of the heap count as memory", () => {
  const sampler = new SystemSampler(systemClock);
  const before = sampler.sample(0, LOOK_MS).memoryBytes;
  const buffer = Buffer.alloc(64e6, 1);
  assert.ok(sampler.sample(0, LOOK_MS).memoryBytes > before + 50e6);
  assert.equal(buffer.at(-1), 1);
});

test("a sample that comes late tells of a slow event loop, one in time doesn't", () => {
  const clock = new FakeClock();
  const sampler = new SystemSampler(clock);
  clock.advance(LOOK_MS);
  assert.equal(sampler.sample(0, LOOK_MS).loopDelayMs, 0);
  clock.advance(LOOK_MS + 400);
  assert.equal(sampler.sample(0, LOOK_MS).loopDelayMs, 400);
  clock.advance(40);
  assert.equal(sampler.sample(0, 25).loopDelayMs, 15);
});
