import assert from "node:assert/strict";
import { test } from "node:test";
import { TickFlusher } from "./tick-flusher.ts";

test("who asks to be last is flushed after all others of its tick, and only then", () => {
  const runs: (() => void)[] = [];
  const flushed: string[] = [];
  const flusher = new TickFlusher((run) => runs.push(run));
  const named = (name: string) => ({ flush: () => void flushed.push(name) });
  const tick = (): void => {
    for (const run of runs.splice(0)) run();
  };
  flusher.addLast(named("last"));
  flusher.add(named("first"));
  flusher.add(named("second"));
  assert.equal(runs.length, 1, "one turn for all");
  tick();
  assert.deepEqual(flushed.splice(0), ["first", "second", "last"]);

  flusher.add(named("third"));
  flusher.addLast(named("last"));
  assert.equal(runs.length, 1);
  tick();
  assert.deepEqual(flushed.splice(0), ["third", "last"]);

  flusher.addLast(named("alone"));
  tick();
  flusher.add(named("fourth"));
  tick();
  assert.deepEqual(flushed, ["alone", "fourth"]);
});
