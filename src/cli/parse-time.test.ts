import assert from "node:assert/strict";
import { test } from "node:test";
import { parseTime } from "./parse-time.ts";

const NOW_MS = new Date(2026, 10, 30, 12, 0, 0).getTime();
const MINUTE_MS = 60_000;

test("a moment is so long ago, a time of day, or a date", () => {
  const at = (text: string) => NOW_MS - parseTime(text, undefined, NOW_MS);
  assert.equal(at("30s"), 30_000);
  assert.equal(at("-2h"), 120 * MINUTE_MS);
  assert.equal(at("7d"), 7 * 24 * 60 * MINUTE_MS);
  assert.equal(at("11:45"), 15 * MINUTE_MS);
  assert.equal(at("11:45:30"), 14.5 * MINUTE_MS);
  assert.equal(at("13:00"), 23 * 60 * MINUTE_MS, "yesterday's, as today's is yet to come");
  assert.equal(
    parseTime("2026-11-30T10:30:00Z", undefined, NOW_MS),
    Date.UTC(2026, 10, 30, 10, 30),
  );
});

test("what is no moment is refused, with what would be right", () => {
  for (const text of ["yesterday", "", "12", "2h30m", "25 Nov", "1e3", "deploy/web"]) {
    assert.throws(() => parseTime(text, undefined, NOW_MS), /must be like "2h" \(ago\), "10:30"/);
  }
});
