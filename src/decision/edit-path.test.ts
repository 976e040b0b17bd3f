import assert from "node:assert/strict";
import { test } from "node:test";
import type { PathEditPlan } from "#snapshot/shape-plan.ts";
import { bindPathEdit } from "./bind-shape.ts";
import { editPath } from "./edit-path.ts";

const edited = (path: string, plan: PathEditPlan) => editPath(path, bindPathEdit(plan));

// The table of Gateway API's ReplacePrefixMatch, with the slashes at the end taken off, as plans
// have them.
const PREFIXES = [
  ["/foo/bar", "/foo", "/xyz", "/xyz/bar"],
  ["/foo", "/foo", "/xyz", "/xyz"],
  ["/foo/", "/foo", "/xyz", "/xyz/"],
  ["/foo/bar", "/foo", "", "/bar"],
  ["/foo/", "/foo", "", "/"],
  ["/foo", "/foo", "", "/"],
  ["/foo?q=/foo", "/foo", "", "/?q=/foo"],
  ["/foo/bar?q", "", "/xyz", "/xyz/foo/bar?q"],
] as const;

test("a prefix is replaced, and what follows it stays", () => {
  for (const [path, prefix, value, expected] of PREFIXES) {
    assert.equal(edited(path, { kind: "prefix", prefix, value }), expected, path);
  }
});

test("a prefix of characters is replaced as it stands", () => {
  assert.equal(edited("/api/v1", { kind: "prefix", prefix: "/api", value: "/" }), "//v1");
  assert.equal(edited("/bücher", { kind: "prefix", prefix: "/b", value: "/ü" }), "/Ã¼ücher");
});

test("a whole path keeps the query of the request, unless it has its own", () => {
  assert.equal(edited("/a?b", { kind: "full", value: "/c" }), "/c?b");
  assert.equal(edited("/a?b", { kind: "full", value: "/c?d" }), "/c?d");
  assert.equal(edited("/a", { kind: "full", value: "/c" }), "/c");
});

test("an expression changes the path and leaves the query", () => {
  const plan = { kind: "regex", pattern: "/a(.)", substitution: "/\\1\\\\\\0" } as const;
  assert.equal(edited("/ab/ac?/ad", plan), "/b\\/ab/c\\/ac?/ad");
  const emptied = { kind: "regex", pattern: "/a", substitution: "" } as const;
  assert.equal(edited("/a?q", emptied), "/?q");
});

test("an expression that can't be read changes nothing", () => {
  assert.equal(edited("/a", { kind: "regex", pattern: "(", substitution: "/b" }), "/a");
});

test("what has no path keeps none", () => {
  for (const path of ["", "*"]) assert.equal(edited(path, { kind: "full", value: "/a" }), path);
});
