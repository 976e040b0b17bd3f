import assert from "node:assert/strict";
import { test } from "node:test";
import { FakeClock } from "#base/fake-clock.ts";
import { LIMITS } from "#base/limits.ts";
import { silentLog } from "#base/log.ts";
import { KeyedWrites } from "./keyed-writes.ts";

function rig() {
  const clock = new FakeClock();
  const under: ((failure: string | undefined) => void)[] = [];
  const begun: string[] = [];
  const writes = new KeyedWrites({
    ...{ clock, random: () => 0.5, log: silentLog, what: "Thing" },
    write(key) {
      begun.push(key);
      return new Promise((resolve) => under.push(resolve));
    },
  });
  const end = async (failure?: string) => {
    under.shift()!(failure);
    await new Promise(setImmediate);
  };
  return { clock, writes, begun, end };
}

test("a key that changes while it is written is written once more", async () => {
  const { writes, begun, end } = rig();
  writes.add("a");
  writes.add("a");
  assert.deepEqual(begun, ["a"]);
  await end();
  assert.deepEqual(begun, ["a", "a"]);
  await end();
  assert.deepEqual(begun, ["a", "a"]);
});

test("what changed while its write failed waits out the pause, and is written once", async () => {
  const { clock, writes, begun, end } = rig();
  writes.add("a");
  writes.add("a");
  await end("refused");
  assert.deepEqual(begun, ["a"]);
  clock.advance(LIMITS.apiPauseFirstMs);
  assert.deepEqual(begun, ["a", "a"]);
  await end();
  clock.advance(LIMITS.apiPauseMostMs);
  assert.deepEqual(begun, ["a", "a"]);
});

test("each failure doubles the pause, and nothing is written after the stop", async () => {
  const { clock, writes, begun, end } = rig();
  writes.add("a");
  await end("refused");
  clock.advance(LIMITS.apiPauseFirstMs);
  await end("refused");
  clock.advance(LIMITS.apiPauseFirstMs);
  assert.equal(begun.length, 2);
  clock.advance(LIMITS.apiPauseFirstMs);
  assert.equal(begun.length, 3);
  await end("refused");
  writes.stop();
  clock.advance(LIMITS.apiPauseMostMs);
  assert.equal(begun.length, 3);
  assert.equal(clock.timersPending, 0);
});
