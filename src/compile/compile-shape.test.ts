import assert from "node:assert/strict";
import { test } from "node:test";
import { shapePlan } from "./compile-shape.ts";

function edited(path: Parameters<typeof shapePlan>[1], value = "/new/") {
  return shapePlan({ path: { kind: "matched", value } }, path).path;
}

test("what a prefix took is replaced as it stands", () => {
  const prefix = { kind: "prefix", prefix: "/old/", value: "/new/" };
  assert.deepEqual(edited({ kind: "prefix", value: "/old/" }), prefix);
});

test("what a prefix of segments took is replaced without the slashes at the end", () => {
  const prefix = { kind: "prefix", prefix: "/old", value: "/new" };
  assert.deepEqual(edited({ kind: "segment-prefix", value: "/old" }), prefix);
  assert.deepEqual(edited({ kind: "segment-prefix", value: "/" }), { ...prefix, prefix: "" });
  assert.deepEqual(edited(undefined), { ...prefix, prefix: "" });
  assert.deepEqual(edited(undefined, "/"), { ...prefix, prefix: "", value: "" });
});

test("where no prefix was wanted, all of the path is replaced", () => {
  const full = { kind: "full", value: "/new/" };
  assert.deepEqual(edited({ kind: "exact", value: "/old" }), full);
  assert.deepEqual(edited({ kind: "regex", value: "/o.*" }), full);
});
