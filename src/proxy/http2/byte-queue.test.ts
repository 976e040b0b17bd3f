import assert from "node:assert/strict";
import { test } from "node:test";
import { seededRandom } from "#base/random.ts";
import { ByteQueue } from "./byte-queue.ts";

test("a queue gives back what was put in, in order, whatever the sizes", () => {
  const random = seededRandom(5);
  const queue = new ByteQueue();
  const expected: number[] = [];
  const got: number[] = [];
  let next = 0;
  for (let round = 0; round < 500; round++) {
    const chunk = Uint8Array.from({ length: Math.floor(random() ** 4 * 6000) }, () => next++);
    expected.push(...chunk);
    queue.push(chunk);
    chunk.fill(0);
    while (queue.bytes > 0 && random() < 0.6)
      got.push(...queue.take(1 + Math.floor(random() * 4000)));
    assert.equal(queue.bytes, expected.length - got.length);
  }
  while (queue.bytes > 0) got.push(...queue.take(1000));
  assert.deepEqual(got, expected);
});

test("a cleared queue is empty and may be filled again", () => {
  const queue = new ByteQueue();
  queue.push(Buffer.from("old"));
  queue.clear();
  assert.equal(queue.bytes, 0);
  queue.push(Buffer.from("new"));
  assert.equal(`${queue.take(10)}`, "new");
});
