import assert from "node:assert/strict";
import { test } from "node:test";
import { REPLAY_SPANS, replayMoment, replayRange } from "./replay-span.ts";

const NOW_MS = Date.UTC(2026, 10, 30, 12);

test("an address names a moment, on a step of its span, or now", () => {
  const asked = (text: string) => replayMoment(new URLSearchParams(text));
  assert.equal(asked(""), undefined);
  for (const at of ["", "x", "-5", "1e99"]) assert.equal(asked(`at=${at}`), undefined, at);
  assert.equal(asked(`at=${NOW_MS + 7_300}`)!.atMs, NOW_MS + 7_000);
  assert.equal(asked(`at=${NOW_MS + 20_000}&span=6h`)!.atMs, NOW_MS + 15_000);
  assert.equal(asked(`at=${NOW_MS}&span=1y`)!.span.name, "15m");
});

test("the slider reaches up to now, and around a moment that is out of its reach", () => {
  const [span] = REPLAY_SPANS;
  const near = replayRange({ span: span!, atMs: NOW_MS - 60_000 }, NOW_MS);
  assert.deepEqual(near, { fromMs: NOW_MS - 900_000, toMs: NOW_MS });
  const far = replayRange({ span: span!, atMs: NOW_MS - 3_600_000 }, NOW_MS);
  assert.ok(far.fromMs < NOW_MS - 3_600_000 && far.toMs > NOW_MS - 3_600_000);
  assert.equal(far.toMs - far.fromMs, span!.spanMs);
});
