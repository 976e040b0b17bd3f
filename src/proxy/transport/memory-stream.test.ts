import assert from "node:assert/strict";
import { test } from "node:test";
import { type MemoryStream, memoryStreamPair } from "./memory-stream.ts";

test("bytes arrive in order, later, and only while the reader isn't paused", () => {
  const { left, right, seen, run } = pair();
  left.write(Buffer.from("a"));
  left.write(Buffer.from("b"));
  assert.deepEqual(seen.right, []);
  right.pause();
  run();
  assert.deepEqual(seen.right, []);
  right.resume();
  run();
  assert.deepEqual(seen.right, ["a", "b"]);
});

test("an end may still write after the other has ended, and both close after both", () => {
  const { left, right, seen, run } = pair();
  left.end();
  run();
  assert.deepEqual(seen.right, ["ended"]);
  right.write(Buffer.from("late"));
  right.end();
  run();
  assert.deepEqual(seen.left, ["late", "ended", "closed:"]);
  assert.deepEqual(seen.right, ["ended", "closed:"]);
});

test("a destroyed stream closes at once, and its peer when it writes", () => {
  const { left, right, seen, run } = pair();
  left.destroy();
  run();
  assert.deepEqual(seen.left, ["closed:"]);
  assert.deepEqual(seen.right, ["ended"]);
  right.write(Buffer.from("a"));
  run();
  assert.deepEqual(seen.right, ["ended", "closed:ECONNRESET"]);
});

test("a reset stream closes at once, and its peer too, which sees no end", () => {
  const { left, seen, run } = pair();
  left.write(Buffer.from("a"));
  left.reset();
  run();
  assert.deepEqual(seen.left, ["closed:"]);
  assert.deepEqual(seen.right, ["closed:ECONNRESET"]);
});

test("a writer is stopped at the high-water mark and told when all was read", () => {
  const { left, right, seen, run } = pair(3);
  right.pause();
  assert.equal(left.write(Buffer.from("ab")), true);
  assert.equal(left.write(Buffer.from("c")), false);
  run();
  assert.deepEqual(seen.left, []);
  right.resume();
  run();
  assert.deepEqual(seen.left, ["drained"]);
});

function pair(highWaterBytes?: number) {
  const turns: (() => void)[] = [];
  const [left, right] = memoryStreamPair((run) => turns.push(run), highWaterBytes);
  const run = () => {
    for (let turn = turns.shift(); turn; turn = turns.shift()) turn();
  };
  return { left, right, run, seen: { left: watch(left), right: watch(right) } };
}

function watch(stream: MemoryStream): string[] {
  const seen: string[] = [];
  stream.attach({
    data: (bytes) => seen.push(Buffer.from(bytes).toString()),
    ended: () => seen.push("ended"),
    drained: () => seen.push("drained"),
    closed: (code) => seen.push(`closed:${code}`),
  });
  return seen;
}
