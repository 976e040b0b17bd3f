import assert from "node:assert/strict";
import { test } from "node:test";
import { quietResult as result } from "./quiet-result.ts";
import { refusals } from "./refusals.ts";

test("a run counts whose proxies counted what the load sent", () => {
  assert.deepEqual(refusals(result, [100, 100], true), []);
});

test("a run doesn't count in which one proxy counted another number", () => {
  assert.deepEqual(refusals(result, [100, 99], true), [
    "The proxies counted 100 and 99 requests, the load 100",
  ]);
});

test("a run doesn't count in which the load was the limit, unless it isn't about time", () => {
  const limited = { ...result, isLimit: true, limitReason: "too late" };
  assert.deepEqual(refusals(limited, [], true), ["too late"]);
  assert.deepEqual(refusals(limited, [], false), []);
});

test("a run doesn't count with errors, other answers, or answers that never came", () => {
  const spoilt = {
    ...result,
    errors: { ...result.errors, reset: 1 },
    statuses: [[502, 100]] as const,
  };
  assert.deepEqual(refusals({ ...spoilt, abandoned: 2 }, [], true), [
    "The load found errors: reset 1",
    "Not all answers were 200: 502 x 100",
    "2 requests were without an answer at the end",
  ]);
});
