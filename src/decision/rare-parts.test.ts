import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { test } from "node:test";
import type { MatchPlan } from "#snapshot/plan.ts";
import { bindOutbound } from "./bind.ts";
import { decide } from "./decide.ts";
import type { DecisionRequest } from "./decision.ts";
import { explainDecision } from "./explain-decision.ts";
import { samplePlan, sampleRequest } from "./sample-plans.ts";

function takes(
  match: Partial<MatchPlan>,
  request: Partial<DecisionRequest>,
  caller = "shop/web",
): boolean {
  const bound = bindOutbound(samplePlan([{ matches: [match] }]), caller);
  return decide(bound, { ...sampleRequest("/"), ...request }, 0).kind === "forward";
}

// First, so that no other test has loaded it.
test("the package for expressions is loaded by the first plan that has one", () => {
  const loaded = () =>
    Object.keys(createRequire(import.meta.url).cache).some((path) => path.includes("re2js"));
  bindOutbound(samplePlan([{ matches: [{ path: { kind: "prefix", value: "/a" } }] }]));
  assert.equal(loaded(), false);
  bindOutbound(samplePlan([{ matches: [{ path: { kind: "regex", value: "/a" } }] }]));
  assert.equal(loaded(), true);
});

test("an expression takes whole paths, headers, parameters, methods and authorities", () => {
  const value = { kind: "regex", value: "a[0-9]+" } as const;
  assert.equal(takes({ path: { kind: "regex", value: "/a[0-9]+" } }, { path: "/a1?b" }), true);
  assert.equal(takes({ path: { kind: "regex", value: "/a[0-9]+" } }, { path: "/a1/b" }), false);
  assert.equal(takes({ headers: [{ name: "x", value }] }, { headers: ["x", "a12"] }), true);
  assert.equal(takes({ headers: [{ name: "x", value }] }, { headers: ["x", "a"] }), false);
  assert.equal(takes({ query: [{ name: "q", value }] }, { path: "/?q=%611" }), true);
  assert.equal(takes({ query: [{ name: "q", value }] }, { path: "/?q=a" }), false);
  assert.equal(takes({ methodMatch: { kind: "regex", value: "P.*" } }, { method: "PUT" }), true);
  assert.equal(takes({ methodMatch: { kind: "prefix", value: "P" } }, { method: "GET" }), false);
});

test("an expression for the authority is tried with its port and without, in lower case", () => {
  const authority = (value: string) => ({ authority: { kind: "regex", value } as const });
  assert.equal(takes(authority("reviews"), { authority: "Reviews:80" }), true);
  assert.equal(takes(authority("reviews:[0-9]+"), { authority: "Reviews:80" }), true);
  assert.equal(takes(authority("review"), { authority: "Reviews:80" }), false);
});

test("an expression that can't be read takes nothing", () => {
  assert.equal(takes({ path: { kind: "regex", value: "(" } }, { path: "(" }), false);
});

test("a path in any case is compared by its letters only", () => {
  const exact = { path: { kind: "exact", value: "/Cart[" }, ignoresPathCase: true } as const;
  assert.equal(takes(exact, { path: "/cART[?x" }), true);
  assert.equal(takes(exact, { path: "/cART{" }), false);
  assert.equal(takes(exact, { path: "/cart[/" }), false);
  const prefix = { path: { kind: "prefix", value: "/Ca" }, ignoresPathCase: true } as const;
  assert.equal(takes(prefix, { path: "/cART" }), true);
  assert.equal(takes(prefix, { path: "/C" }), false);
});

test("a scheme is http where nobody says otherwise", () => {
  const match = { scheme: { kind: "exact", value: "https" } } as const;
  assert.equal(takes(match, {}), false);
  assert.equal(takes(match, { scheme: "https" }), true);
});

test("of headers that must not be there, one that is there is enough to miss", () => {
  const withoutHeaders = [
    { name: "x", value: { kind: "present" } },
    { name: "y", value: { kind: "exact", value: "1" } },
  ] as const;
  assert.equal(takes({ withoutHeaders }, { headers: ["y", "2"] }), true);
  assert.equal(takes({ withoutHeaders }, { headers: ["y", "1"] }), false);
  assert.equal(takes({ withoutHeaders }, { headers: ["x", ""] }), false);
});

test("a match for some callers takes nothing of others, nor of somebody", () => {
  for (const [callers, caller, isTaken] of [
    [["shop/web"], "shop/web", true],
    [["shop/web"], "shop/batch", false],
    [["shop/*"], "shop/batch", true],
    [["shop/*"], "shops/web", false],
    [["*"], "shop/web", true],
    [["*"], "", false],
    [[], "shop/web", false],
  ] as const) {
    assert.equal(takes({ callers }, {}, caller), isTaken, `${callers} ${caller}`);
  }
});

test("what a rare part missed by is told", () => {
  const misses = (match: Partial<MatchPlan>, headers: readonly string[] = []) => {
    const plan = samplePlan([{ matches: [match] }]);
    return explainDecision(plan, sampleRequest("/a?b", headers), 0, "shop/web").tried[0]!.misses[0];
  };
  const part = (name: string, expected: string, found: string) => ({
    ...{ part: name, name: "" },
    ...{ expected, found },
  });
  const folded = { path: { kind: "prefix", value: "/X" }, ignoresPathCase: true } as const;
  assert.deepEqual(misses(folded), part("path", "/X... in any case", "/a"));
  assert.deepEqual(misses({ path: { kind: "regex", value: "/b" } }), part("path", "//b/", "/a"));
  const method = { kind: "prefix", value: "P" } as const;
  assert.deepEqual(misses({ methodMatch: method }), part("method", "P...", "GET"));
  const scheme = { kind: "exact", value: "https" } as const;
  assert.deepEqual(misses({ scheme }), part("scheme", "https", "http"));
  const callers = ["shop/batch", "other/*"];
  assert.deepEqual(misses({ callers }), part("caller", "shop/batch or other/*", "shop/web"));
  const exceptCallers = ["shop/web", "other/*"];
  assert.deepEqual(
    misses({ exceptCallers }),
    part("caller", "any but shop/web and other/*", "shop/web"),
  );
  const exceptAuthorities = ["a.example.com", "reviews"];
  const { part: missed, expected } = misses({ exceptAuthorities })!;
  assert.deepEqual([missed, expected], ["authority", `any but ${exceptAuthorities.join(" and ")}`]);
  const withoutHeaders = [
    { name: "w", value: { kind: "present" } },
    { name: "x", value: { kind: "present" } },
  ] as const;
  assert.deepEqual(misses({ withoutHeaders }, ["x", "1"]), {
    ...{ part: "absent header", name: "x", expected: "any value", found: "1" },
  });
});
