import assert from "node:assert/strict";
import { test } from "node:test";
import { seededRandom } from "#base/random.ts";
import type { MatchPlan } from "#snapshot/plan.ts";
import { bindOutbound } from "./bind.ts";
import { decide } from "./decide.ts";
import type { DecisionRequest } from "./decision.ts";
import { type RouteSketch, sampleBackend, samplePlan, sampleRequest } from "./sample-plans.ts";

const CANARY: readonly RouteSketch[] = [
  {
    matches: [{ headers: [{ name: "version", value: { kind: "exact", value: "v2" } }] }],
    backends: [{ backend: 1, weight: 1 }],
  },
  {
    backends: [
      { backend: 0, weight: 90 },
      { backend: 1, weight: 10 },
    ],
  },
];

const routeOf = (matches: readonly Partial<MatchPlan>[], path: string): number => {
  const sketches = matches.map((match) => ({ matches: [match] }));
  return decide(bindOutbound(samplePlan(sketches)), sampleRequest(path), 0).routeIndex;
};

test("of the canary, a request with the header goes to v2, whatever is drawn", () => {
  const bound = bindOutbound(samplePlan(CANARY));
  for (let draw = 0; draw < 1; draw += 0.01) {
    const decision = decide(bound, sampleRequest("/", ["version", "v2"]), draw);
    assert.equal(decision.kind === "forward" && decision.backend.subset, "v2");
  }
});

test("of the canary, other requests split 90 to 10 within three sigma", () => {
  const bound = bindOutbound(samplePlan(CANARY));
  const random = seededRandom(4);
  const draws = 100_000;
  let second = 0;
  for (let i = 0; i < draws; i++) {
    second += decide(bound, sampleRequest("/", ["version", "v3"]), random()).backendIndex;
  }
  const sigma = Math.sqrt(draws * 0.1 * 0.9);
  assert.ok(Math.abs(second - draws * 0.1) < 3 * sigma, `${second}`);
});

test("the first match in the plan's order wins, however it is found", () => {
  const exact = { path: { kind: "exact", value: "/a/b" } } as const;
  const wide = { path: { kind: "prefix", value: "/a" } } as const;
  assert.equal(routeOf([exact, wide, {}], "/a/b"), 0);
  assert.equal(routeOf([wide, exact, {}], "/a/b"), 0);
  assert.equal(routeOf([{}, exact, wide], "/a/b"), 0);
  assert.equal(routeOf([exact, wide, {}], "/a/c"), 1);
  assert.equal(routeOf([exact, wide, {}], "/b"), 2);
});

test("an exact path is the whole path, without the query", () => {
  const match = { path: { kind: "exact", value: "/cart" } } as const;
  assert.equal(routeOf([match], "/cart"), 0);
  assert.equal(routeOf([match], "/cart?items=1"), 0);
  assert.equal(routeOf([match], "/cart/"), -1);
  assert.equal(routeOf([match], "/car"), -1);
});

test("a prefix of segments ends at a slash, a prefix of characters anywhere", () => {
  for (const value of ["/cart", "/cart/"]) {
    const match = { path: { kind: "segment-prefix", value } } as const;
    assert.equal(routeOf([match], "/cart"), 0);
    assert.equal(routeOf([match], "/cart/1?x"), 0);
    assert.equal(routeOf([match], "/cart?x"), 0);
    assert.equal(routeOf([match], "/carts"), -1);
  }
  const match = { path: { kind: "prefix", value: "/cart" } } as const;
  assert.equal(routeOf([match], "/carts"), 0);
  assert.equal(routeOf([{ path: { kind: "prefix", value: "/cart/" } }], "/cart"), -1);
});

test("the prefix slash takes every request, also one about the whole upstream", () => {
  const match = { path: { kind: "segment-prefix", value: "/" } } as const;
  assert.equal(routeOf([match], "/x"), 0);
  assert.equal(routeOf([match], "*"), 0);
  assert.equal(routeOf([match], ""), 0);
});

test("a path beyond ASCII is compared by its bytes", () => {
  const bytes = Buffer.from("/bücher").toString("latin1");
  assert.equal(routeOf([{ path: { kind: "exact", value: "/bücher" } }], bytes), 0);
});

test("a match holds only if all of its parts do", () => {
  const match: Partial<MatchPlan> = {
    authorities: ["reviews"],
    path: { kind: "prefix", value: "/a" },
    method: "POST",
    authority: { kind: "prefix", value: "rev" },
    headers: [{ name: "x", value: { kind: "present" } }],
    query: [{ name: "q", value: { kind: "prefix", value: "1" } }],
  };
  const good: DecisionRequest = {
    method: "POST",
    authority: "Reviews:9080",
    path: "/a?q=12",
    headers: ["x", ""],
  };
  const bad: Partial<DecisionRequest>[] = [
    { method: "post" },
    { authority: "ratings" },
    { path: "/b?q=12" },
    { path: "/a?q=2" },
    { headers: ["y", ""] },
  ];
  const bound = bindOutbound(samplePlan([{ matches: [match] }]));
  assert.equal(decide(bound, good, 0).kind, "forward");
  for (const part of bad) {
    assert.equal(decide(bound, { ...good, ...part }, 0), bound.noRoute, JSON.stringify(part));
  }
});

test("an invalid backend answers for its share, and a rule without backends for all", () => {
  const plan = samplePlan(
    [
      {
        matches: [{ path: { kind: "exact", value: "/split" } }],
        backends: [
          { backend: 0, weight: 1 },
          { backend: 1, weight: 1 },
        ],
      },
      { backends: [] },
    ],
    [sampleBackend(""), { kind: "invalid", reason: "Service a/b does not exist" }],
  );
  const bound = bindOutbound(plan);
  const split = sampleRequest("/split");
  assert.equal(decide(bound, split, 0.1).kind, "forward");
  const invalid = decide(bound, split, 0.9);
  assert.equal(invalid.kind === "answer" && invalid.code, "backend-invalid");
  assert.equal(invalid.kind === "answer" && invalid.detail, "Service a/b does not exist");
  const none = decide(bound, sampleRequest("/"), 0.9);
  assert.equal(none.kind === "answer" && none.code, "backend-invalid");
});

test("every decision stands at its index", () => {
  const bound = bindOutbound(samplePlan(CANARY));
  assert.equal(bound.decisions.length, 4);
  for (const [i, decision] of bound.decisions.entries()) assert.equal(decision.index, i);
});
