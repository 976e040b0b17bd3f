import assert from "node:assert/strict";
import { test } from "node:test";
import { sampleMatch } from "#compile/sample-model.ts";
import type { RouteMatch } from "#ir/route.ts";
import { covers } from "./covers.ts";

const path = (kind: "exact" | "prefix" | "segment-prefix" | "regex", value: string) => ({
  path: { kind, value },
});
const header = (value: string) => ({
  headers: [{ name: "user", value: { kind: "exact" as const, value } }],
});

const COVERED: readonly (readonly [Partial<RouteMatch>, Partial<RouteMatch>])[] = [
  [{}, path("exact", "/a")],
  [path("prefix", "/"), path("regex", ".*")],
  [path("prefix", "/a"), path("segment-prefix", "/ab")],
  [path("segment-prefix", "/a"), path("segment-prefix", "/a/b")],
  [path("segment-prefix", "/a/"), path("exact", "/a")],
  [{ ...path("prefix", "/A"), ignoresPathCase: true }, path("prefix", "/aB")],
  [{ method: "GET" }, { method: "GET", ...header("me") }],
  [{ headers: [{ name: "user", value: { kind: "present" } }] }, header("me")],
  [{ serverNames: ["a.example"] }, { serverNames: ["a.example"] }],
];

const NOT_COVERED: readonly (readonly [Partial<RouteMatch>, Partial<RouteMatch>])[] = [
  [path("exact", "/a"), {}],
  [path("segment-prefix", "/a"), path("prefix", "/a")],
  [path("segment-prefix", "/a"), path("exact", "/ab")],
  [path("prefix", "/a/"), path("segment-prefix", "/a")],
  [path("prefix", "/a"), { ...path("prefix", "/a"), ignoresPathCase: true }],
  [path("regex", "/a.*"), path("exact", "/a")],
  [{ method: "GET" }, {}],
  [header("me"), header("you")],
  [header("me"), { headers: [{ name: "user", value: { kind: "present" } }] }],
  [{ serverNames: ["a.example"] }, { serverNames: ["b.example"] }],
  [{ subnets: ["10.0.0.0/8"] }, {}],
  [{ callers: { namespace: "shop", labels: new Map() } }, {}],
  [{ withoutHeaders: [{ name: "x", value: { kind: "present" } }] }, {}],
];

test("a match covers one that takes part of its requests", () => {
  for (const [wide, narrow] of COVERED) {
    assert.equal(covers(sampleMatch(wide), sampleMatch(narrow)), true, JSON.stringify(wide));
    assert.equal(covers(sampleMatch(wide), sampleMatch(wide)), true, JSON.stringify(wide));
  }
});

test("a match doesn't cover one that takes any other request", () => {
  for (const [wide, narrow] of NOT_COVERED) {
    const text = `${JSON.stringify(wide)} ${JSON.stringify(narrow)}`;
    assert.equal(covers(sampleMatch(wide), sampleMatch(narrow)), false, text);
  }
});
