import assert from "node:assert/strict";
import { test } from "node:test";
import { LIMITS } from "#base/limits.ts";
import { isSoundUp } from "./sound-up.ts";

const HELLO = {
  ...{ type: "hello", protocol: 1, version: "0.1.0", address: "10.0.0.7", meshPort: 15_008 },
  ...{ workload: { namespace: "shop", name: "web" }, metrics: "10.0.0.7:15020", revision: 7 },
  ...{ held: [{ id: "outbound/shop/web/80", hash: "abc" }], keys: ["web:80"], isReady: true },
};

test("what a proxy says is taken", () => {
  const said = [
    HELLO,
    { type: "want", keys: ["web:80"] },
    { type: "drop", keys: [] },
    { type: "ack", revision: 7 },
    { type: "nack", revision: 7, reason: "no" },
    { type: "state", isReady: false },
    { type: "report", report: {} },
    { type: "of-a-later-version" },
  ];
  for (const message of said) assert.equal(isSoundUp(message), true, JSON.stringify(message));
});

test("what would break the control plane, or lead its revisions astray, is not", () => {
  const long = "x".repeat(LIMITS.destinationKeyMax + 1);
  const wrong = [
    null,
    7,
    "hello",
    [],
    {},
    { type: "hello" },
    { ...HELLO, workload: null },
    { ...HELLO, workload: { namespace: "shop" } },
    { ...HELLO, revision: 2 ** 53 },
    { ...HELLO, revision: -1 },
    { ...HELLO, revision: "7" },
    { ...HELLO, held: [null] },
    { ...HELLO, held: "all" },
    { ...HELLO, keys: [7] },
    { ...HELLO, keys: [long] },
    { ...HELLO, isReady: "yes" },
    { type: "want" },
    { type: "want", keys: "web:80" },
    { type: "want", keys: Array.from({ length: LIMITS.plansHeldMax + 1 }, () => "a") },
    { type: "ack" },
    { type: "ack", revision: Number.NaN },
    { type: "nack", revision: 1 },
    { type: "state" },
    { type: "report", report: null },
  ];
  for (const message of wrong) assert.equal(isSoundUp(message), false, JSON.stringify(message));
});
