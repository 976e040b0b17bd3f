import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { decodeBlock, encodeBlock, type HistoryBlock } from "./history-block.ts";
import { mergeBlocks } from "./merge-blocks.ts";

const count = fc.integer({ min: 0, max: 2 ** 45 });
const plain = { noNullPrototype: true } as const;
const block: fc.Arbitrary<HistoryBlock> = fc.record(
  {
    series: fc.array(
      fc.record(
        {
          name: count,
          successes: count,
          failures: count,
          retries: count,
          inFlight: count,
          requestBytes: count,
          responseBytes: count,
          latency: fc.array(fc.tuple(fc.nat(100), count)).map((pairs) => pairs.flat()),
        },
        plain,
      ),
    ),
    processes: fc.array(
      fc.record(
        {
          name: count,
          cpuMs: fc.nat(),
          memoryBytes: fc.nat(2 ** 20).map((kib) => kib * 1024),
          connectionsOpen: count,
        },
        plain,
      ),
    ),
  },
  plain,
);

test("a block is what its bytes say", () => {
  fc.assert(
    fc.property(block, (given) => {
      assert.deepEqual(decodeBlock(encodeBlock(given)), given);
    }),
    { numRuns: 300, seed: 1 },
  );
});

test("bytes that no block has are told as damage, not read", () => {
  const whole = encodeBlock({
    series: [],
    processes: [{ name: 300, cpuMs: 9, memoryBytes: 2048, connectionsOpen: 1 }],
  });
  for (let length = 0; length < whole.length; length++) {
    assert.throws(() => decodeBlock(whole.subarray(0, length)), /damaged/);
  }
  assert.throws(() => decodeBlock(new Uint8Array(64).fill(255)), /damaged/);
});

test("blocks add counts up and keep the most of what holds at a moment", () => {
  const series = { name: 7, successes: 3, failures: 1, retries: 2, inFlight: 5 };
  const bytes = { requestBytes: 10, responseBytes: 20 };
  const process = { name: 1, cpuMs: 2, memoryBytes: 4096, connectionsOpen: 2 };
  const merged = mergeBlocks([
    { series: [{ ...series, ...bytes, latency: [4, 3, 9, 1] }], processes: [process] },
    {
      series: [
        { ...series, ...bytes, inFlight: 2, latency: [4, 1] },
        { ...series, ...bytes, name: 8, latency: [] },
      ],
      processes: [{ ...process, memoryBytes: 1024 }],
    },
  ]);
  assert.deepEqual(merged, {
    series: [
      {
        ...{ name: 7, successes: 6, failures: 2, retries: 4, inFlight: 5 },
        ...{ requestBytes: 20, responseBytes: 40, latency: [4, 4, 9, 1] },
      },
      { ...series, ...bytes, name: 8, latency: [] },
    ],
    processes: [{ name: 1, cpuMs: 4, memoryBytes: 4096, connectionsOpen: 2 }],
  });
});
