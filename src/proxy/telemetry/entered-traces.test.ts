import assert from "node:assert/strict";
import { test } from "node:test";
import { LIMITS } from "#base/limits.ts";
import { EnteredTraces } from "./entered-traces.ts";

test("a trace that came is known until a newer one has its place", () => {
  const traces = new EnteredTraces();
  const first = idOf(5, 7);
  assert.equal(traces.has(first), false);
  traces.note(first);
  assert.equal(traces.has(first), true);
  for (let i = 0; i < LIMITS.tracesRemembered - 1; i++) traces.note(idOf(9, 8 + i));
  assert.equal(traces.has(first), true, "all others have places of their own");
  traces.note(idOf(6, 7));
  assert.equal(traces.has(first), false);
});

test("what no trace came with is none, also where an id is all zeros where it is looked at", () => {
  const traces = new EnteredTraces();
  assert.equal(traces.has(idOf(0, 0)), false);
  traces.note(idOf(0, 0));
  assert.equal(traces.has(idOf(0, 0)), true);
  assert.equal(traces.has(idOf(2, 0)), false);
});

function idOf(mark: number, place: number): string {
  return "f".repeat(16) + [mark, place].map((part) => part.toString(16).padStart(8, "0")).join("");
}
