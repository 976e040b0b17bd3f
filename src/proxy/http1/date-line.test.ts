import assert from "node:assert/strict";
import { test } from "node:test";
import { FakeClock } from "#base/fake-clock.ts";
import { DateLine } from "./date-line.ts";

test("the date is that of the current second", () => {
  const clock = new FakeClock(Date.UTC(1994, 10, 6, 8, 49, 37));
  const date = new DateLine(clock);
  clock.advance(999);
  assert.equal(date.text, "\r\ndate: Sun, 06 Nov 1994 08:49:37 GMT");
  clock.advance(1);
  assert.equal(date.text, "\r\ndate: Sun, 06 Nov 1994 08:49:38 GMT");
});
