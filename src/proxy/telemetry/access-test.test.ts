import assert from "node:assert/strict";
import { test } from "node:test";
import type { AccessTestPlan } from "#snapshot/access-test-plan.ts";
import type { AccessEntry } from "./access-entry.ts";
import { accessTest } from "./access-test.ts";
import { callKey } from "./telemetry-fixture.ts";

const YES: AccessTestPlan = { kind: "constant", holds: true };
const NO: AccessTestPlan = { kind: "constant", holds: false };
// A header that isn't there.
const OPEN: AccessTestPlan = { kind: "text", of: { header: "x-none" }, is: "!=", than: "" };

test("each test is about what it names", () => {
  const number = (of: "response_code" | "bytes_sent" | "duration", is: "<" | ">=", than: number) =>
    asked({ kind: "number", of, is, than });
  assert.equal(number("response_code", ">=", 404), true);
  assert.equal(number("response_code", "<", 404), false);
  assert.equal(number("bytes_sent", ">=", 10), true);
  assert.equal(number("duration", ">=", 12.5), true);
  const text = (of: "path" | "query" | "target" | "method" | "authority", than: string) =>
    asked({ kind: "text", of, is: "==", than });
  assert.equal(text("path", "/books/1"), true);
  assert.equal(text("query", "a=b"), true);
  assert.equal(text("target", "/books/1?a=b"), true);
  assert.equal(text("method", "GET"), true);
  assert.equal(text("authority", "reviews:9080"), true);
  assert.equal(asked({ kind: "text", of: "path", is: "contains", than: "ook" }), true);
  assert.equal(asked({ kind: "text", of: "path", is: "startsWith", than: "/boo" }), true);
  assert.equal(asked({ kind: "text", of: "path", is: "endsWith", than: "/1" }), true);
  assert.equal(asked({ kind: "text", of: { header: "x-user" }, is: "!=", than: "me" }), false);
  assert.equal(asked({ kind: "mutual-tls" }), true);
});

test("what there is none of has no answer, but is known to be missing", () => {
  assert.equal(asked(OPEN), undefined);
  assert.equal(asked({ kind: "number", of: "grpc_status", is: "==", than: 0 }), undefined);
  const code = { kind: "number", of: "response_code", is: "<", than: 1 } as const;
  assert.equal(asked(code, { status: 0 }), undefined);
  assert.equal(
    asked({ kind: "text", of: "upstream_host", is: "==", than: "" }, { endpoint: "" }),
    undefined,
  );
  assert.equal(asked({ kind: "mutual-tls" }, { key: undefined }), undefined);
  assert.equal(asked({ kind: "present", of: { header: "x-none" } }), false);
  assert.equal(asked({ kind: "present", of: { header: "x-user" } }), true);
  assert.equal(asked({ kind: "present", of: "response_code" }, { status: 0 }), false);
});

test("no answer is none of what depends on it, and doesn't matter where others decide", () => {
  const not = (of: AccessTestPlan) => asked({ kind: "not", of });
  assert.deepEqual([not(YES), not(NO), not(OPEN)], [false, true, undefined]);
  const both = (...of: AccessTestPlan[]) => asked({ kind: "and", of });
  assert.deepEqual([both(YES, YES), both(OPEN, NO), both(YES, OPEN)], [true, false, undefined]);
  const either = (...of: AccessTestPlan[]) => asked({ kind: "or", of });
  assert.deepEqual([either(NO, NO), either(OPEN, YES), either(NO, OPEN)], [false, true, undefined]);
});

function asked(plan: AccessTestPlan, other: Partial<AccessEntry> = {}): boolean | undefined {
  const headers = ["x-user", "me"];
  const path = "/books/1?a=b";
  const head = { method: "GET", scheme: "http", authority: "reviews:9080", path, headers } as const;
  return accessTest(plan)({
    ...{ head: { ...head, contentLength: 0 }, key: callKey(), startedMs: 0, durationMs: 12.5 },
    ...{ firstByteMs: 3, status: 404, grpcStatus: "", cause: "", bytesReceived: 0, bytesSent: 10 },
    ...{ endpoint: "127.0.0.1:80", attempts: 1, isUntraced: false, ...other },
  });
}
