import assert from "node:assert/strict";
import { test } from "node:test";
import type { LoadResult } from "#bench/load/load-result.ts";
import { refusals } from "./refusals.ts";

const ERRORS = { connect: 0, reset: 0, cut: 0, framing: 0, timeout: 0, overload: 0 };
const PERCENTILES = { p50: 1, p75: 1, p90: 1, p99: 1, p999: 1, max: 1, mean: 1 };

const result: LoadResult = {
  ...{ target: "http://127.0.0.1:1", protocol: "http1", loop: "closed", elapsedMs: 1_000 },
  ...{ connections: 1, streams: 1, keepsAlive: true, grpcStatuses: [] },
  ...{ requests: 100, answers: 100, succeeded: 100, successRate: 1, errors: ERRORS },
  ...{ abandoned: 0, statuses: [[200, 100]], bodyBytes: 100 },
  ...{ ratePerSecond: { requested: null, achieved: 100 }, latencyUs: PERCENTILES },
  generator: { cpuUsPerRequest: 1, cpuShare: 0.1, busyShare: 0.1, latenessUs: PERCENTILES },
  ...{ isLimit: false, limitReason: "" },
};

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
  const spoilt = { ...result, errors: { ...ERRORS, reset: 1 }, statuses: [[502, 100]] as const };
  assert.deepEqual(refusals({ ...spoilt, abandoned: 2 }, [], true), [
    "The load found errors: reset 1",
    "Not all answers were 200: 502 x 100",
    "2 requests were without an answer at the end",
  ]);
});
