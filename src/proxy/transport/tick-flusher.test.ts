import assert from "node:assert/strict";
import { test } from "node:test";
import { TickFlusher } from "./tick-flusher.ts";

test("all who ask within a tick are flushed once, in their order, at its end", () => {
  const runs: (() => void)[] = [];
  const flushed: string[] = [];
  const flusher = new TickFlusher((run) => runs.push(run));
  const named = (name: string) => ({ flush: () => void flushed.push(name) });
  const tick = (): void => {
    for (const run of runs.splice(0)) run();
  };
  flusher.add(named("first"));
  flusher.add(named("second"));
  assert.equal(runs.length, 1, "one turn for all");
  assert.deepEqual(flushed, []);
  tick();
  assert.deepEqual(flushed.splice(0), ["first", "second"]);

  flusher.add({ flush: () => flusher.add(named("next tick's")) });
  tick();
  assert.deepEqual(flushed, []);
  tick();
  assert.deepEqual(flushed, ["next tick's"]);
});
