import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { MatchPlan } from "#snapshot/plan.ts";
import type { CorsPlan } from "#snapshot/shape-plan.ts";
import { bindOutbound } from "./bind.ts";
import { decide } from "./decide.ts";
import type { DecisionRequest } from "./decision.ts";
import { explainDecision } from "./explain-decision.ts";
import { type RouteSketch, sampleBackend, samplePlan, sampleRequest } from "./sample-plans.ts";

// Few different words, so that rules and requests meet.
const words = fc.constantFrom("a", "b", "ab", "");
const paths = fc.array(fc.constantFrom("/", "a", "b"), { maxLength: 5 }).map((all) => all.join(""));
const texts = fc.oneof(
  fc.record({ kind: fc.constant("exact" as const), value: words }),
  fc.record({ kind: fc.constant("prefix" as const), value: words }),
  fc.constant({ kind: "present" as const }),
  fc.record({ kind: fc.constant("regex" as const), value: fc.constantFrom("a|b", "a.*", "(") }),
);
const fields = fc.array(fc.record({ name: words, value: texts }), { maxLength: 2 });
const maybe = <T>(values: fc.Arbitrary<T>) => fc.option(values, { nil: undefined, freq: 1 });

const rare = fc.record(
  {
    methodMatch: texts,
    scheme: fc.constantFrom({ kind: "exact" as const, value: "http" }),
    withoutHeaders: fields,
    ignoresPathCase: fc.constant(true as const),
    callers: fc.subarray(["shop/web", "shop/*", "other/*"]),
  },
  { requiredKeys: [] },
);

const common = fc.record({
  authorities: fc.array(words, { maxLength: 1 }),
  path: maybe(
    fc.record({
      kind: fc.constantFrom(
        ...(["exact", "prefix", "segment-prefix", "regex"] as const satisfies readonly string[]),
      ),
      value: paths,
    }),
  ),
  method: maybe(fc.constantFrom("GET", "POST")),
  authority: maybe(texts),
  headers: fields,
  query: fields,
});

const matches: fc.Arbitrary<MatchPlan> = fc
  .tuple(common, fc.option(rare, { nil: {}, freq: 2 }))
  .map(([usual, more]) => ({ ...usual, ...more }));

const CORS: CorsPlan = {
  ...{ origins: [{ kind: "present" }], methods: [], headers: [], exposed: [] },
  ...{ credentials: false, unmatched: "forward" },
};
const DIRECT = { kind: "direct", status: 200, bodyBase64: "", contentType: "" } as const;
const extras = fc.constantFrom<Pick<RouteSketch, "reply" | "shape">>(
  ...[{}, {}, {}, { reply: DIRECT }, { shape: { cors: CORS } }],
);

const plain: fc.Arbitrary<RouteSketch> = fc.record({
  matches: fc.array(matches, { maxLength: 3 }),
  backends: fc.array(
    fc.record({ backend: fc.nat(2), weight: fc.double({ min: 0.1, max: 100, noNaN: true }) }),
    { maxLength: 3 },
  ),
});

const routes = fc.tuple(plain, extras).map(([sketch, extra]) => ({ ...sketch, ...extra }));
const preflight = ["origin", "a", "access-control-request-method", "b"];

const requests: fc.Arbitrary<DecisionRequest> = fc.record({
  method: fc.constantFrom("GET", "POST", "OPTIONS", ""),
  authority: fc.tuple(words, fc.constantFrom("", ":80")).map((parts) => parts.join("")),
  path: fc
    .tuple(paths, fc.constantFrom("", "?", "?a=b", "?b&a=ab", "?%61=%62", "?a=+&&a"))
    .map((parts) => parts.join("")),
  headers: fc.oneof(
    fc.array(fc.tuple(words, words), { maxLength: 3 }).map((pairs) => pairs.flat()),
    fc.constant(preflight),
  ),
});

const CALLER = "shop/web";

const BACKENDS = [
  sampleBackend("v1"),
  { kind: "invalid", reason: "gone" },
  sampleBackend("v2"),
] as const;

test("an explanation ends in the decision that the proxy takes", () => {
  const draws = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
  fc.assert(
    fc.property(fc.array(routes, { maxLength: 6 }), requests, draws, (sketches, request, draw) => {
      const plan = samplePlan(sketches, BACKENDS);
      const decision = decide(bindOutbound(plan, CALLER), request, draw);
      const trace = explainDecision(plan, request, draw, CALLER);
      assert.deepEqual(trace.decision, decision);
      assert.equal(
        trace.tried.findIndex(({ isMatched }) => isMatched),
        decision.routeIndex,
      );
      const chosen = trace.candidates.filter(({ isChosen }) => isChosen);
      assert.equal(chosen[0]?.backendIndex ?? -1, decision.backendIndex);
    }),
    { seed: 3, numRuns: 1500 },
  );
});

test("nothing that a peer may send makes a decision throw", () => {
  const anything: fc.Arbitrary<DecisionRequest> = fc.record({
    method: fc.string(),
    authority: fc.string(),
    path: fc.string({ unit: "binary" }),
    headers: fc.array(fc.tuple(fc.string(), fc.string())).map((pairs) => pairs.flat()),
  });
  fc.assert(
    fc.property(fc.array(routes), anything, fc.double(), (sketches, request, draw) => {
      const plan = samplePlan(sketches, BACKENDS);
      decide(bindOutbound(plan), request, draw);
      explainDecision(plan, request, draw);
    }),
    { seed: 5 },
  );
});

test("a miss names the part, what was expected and what was found", () => {
  const plan = samplePlan([
    { matches: [{ path: { kind: "segment-prefix", value: "/cart" } }] },
    { matches: [{ method: "POST" }] },
    {
      matches: [
        { headers: [{ name: "version", value: { kind: "exact", value: "v2" } }] },
        { query: [{ name: "debug", value: { kind: "present" } }] },
      ],
    },
  ]);
  const { decision, tried } = explainDecision(plan, sampleRequest("/x?y=1", ["version", "v1"]), 0);
  assert.equal(decision.kind === "answer" && decision.code, "no-route");
  assert.deepEqual(
    tried.map(({ misses }) => misses),
    [
      [{ part: "path", name: "", expected: "/cart...", found: "/x" }],
      [{ part: "method", name: "", expected: "POST", found: "GET" }],
      [
        { part: "header", name: "version", expected: "v2", found: "v1" },
        { part: "query", name: "debug", expected: "any value", found: undefined },
      ],
    ],
  );
});

test("the rule that takes a request shows every backend with its share", () => {
  const backends = [
    { backend: 0, weight: 90 },
    { backend: 1, weight: 10 },
  ];
  const { candidates } = explainDecision(samplePlan([{ backends }]), sampleRequest("/"), 0.95);
  assert.deepEqual(
    candidates.map(({ share }) => share),
    [0.9, 0.1],
  );
  assert.equal(candidates.filter(({ isChosen }) => isChosen).length, 1);
});
