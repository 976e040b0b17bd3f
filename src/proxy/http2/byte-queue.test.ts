import assert from "node:assert/strict";
import { test } from "node:test";
import { seededRandom } from "#base/random.ts";
import { BlockPool } from "#proxy/transport/block-pool.ts";
import { ByteQueue } from "./byte-queue.ts";

test("a queue gives back what was put in, in order, whatever the sizes", () => {
  const random = seededRandom(5);
  const queue = new ByteQueue(new BlockPool());
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

test("large blocks come back to the pool as soon as nobody looks at them", () => {
  const pool = new BlockPool();
  const block = pool.take();
  pool.give(block);
  const queue = new ByteQueue(pool);
  for (let round = 0; round < 3; round++) {
    queue.push(Buffer.alloc(pool.blockBytes, round));
    const piece = queue.take(pool.blockBytes);
    assert.equal(piece.buffer, block.buffer);
    assert.equal(piece[0], round);
  }
  queue.clear();
  assert.equal(pool.take(), block);
});

test("a cleared queue is empty and may be filled again", () => {
  const queue = new ByteQueue(new BlockPool());
  queue.push(Buffer.from("old"));
  queue.clear();
  assert.equal(queue.bytes, 0);
  queue.push(Buffer.from("new"));
  assert.equal(`${queue.take(10)}`, "new");
});
