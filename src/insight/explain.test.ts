import assert from "node:assert/strict";
import { test } from "node:test";
import type { ExplainRequest } from "#api/explanation.ts";
import { compile } from "#compile/compile.ts";
import {
  sampleBackendRef,
  sampleHttpRoute,
  sampleModel,
  sampleRegistration,
  sampleService,
  sampleSubsets,
  sampleVirtualService,
  sampleWorkload,
} from "#compile/sample-model.ts";
import { bindOutbound } from "#decision/bind.ts";
import { decide } from "#decision/decide.ts";
import { sampleRequest } from "#decision/sample-plans.ts";
import { explain } from "./explain.ts";
import { explanationText } from "./explanation-text.ts";

const WORKLOADS = ["web", "reviews-v1", "reviews-v2"].map((name) => sampleWorkload(name));
const [WEB, V1, V2] = WORKLOADS;
const CANARY = sampleVirtualService("reviews", [
  {
    matches: [{ headers: [{ name: "version", value: { kind: "exact", value: "v2" } }] }],
    backends: [sampleBackendRef("reviews/v2", 100)],
  },
  { backends: [sampleBackendRef("reviews/v1", 90), sampleBackendRef("reviews/v2", 10)] },
  { matches: [{ method: "POST" }] },
]);
const BROKEN = sampleHttpRoute(
  "ratings",
  [
    { matches: [{ path: { kind: "exact", value: "/gone" } }], backends: [sampleBackendRef("x")] },
    { matches: [{ method: "GET", query: [{ name: "q", value: { kind: "present" } }] }] },
  ],
  { parents: [{ service: { namespace: "bookshop", name: "ratings" }, port: undefined }] },
);
const MODEL = sampleModel({
  workloads: WORKLOADS,
  services: [
    sampleService("reviews"),
    sampleService("ratings"),
    sampleService("orders", { namespace: "shop" }),
  ],
  subsets: [sampleSubsets("reviews", ["v1", "v2"])],
  routes: [CANARY, BROKEN],
});
const { snapshot } = compile(
  MODEL,
  [sampleRegistration(WEB!), sampleRegistration(V1!), sampleRegistration(V2!, { isReady: false })],
  3,
);

const answerTo = (request: ExplainRequest) => explain(snapshot, MODEL, request);
const textOf = (request: ExplainRequest) => {
  const answer = answerTo(request);
  assert.equal(answer.kind, "ok");
  return explanationText(answer.value);
};
const explained = (request: ExplainRequest) => {
  const answer = answerTo(request);
  assert.equal(answer.kind, "ok");
  assert.equal(answer.value.kind, "explained");
  return answer.value;
};

test("an explanation without a draw tells every backend with its share", () => {
  const { backends, rules, rulesNotReached, outcome, service } = explained({
    from: "web",
    to: "reviews",
  });
  assert.deepEqual(
    backends.map(({ percent, isChosen }) => [percent, isChosen]),
    [
      [90, false],
      [10, false],
    ],
  );
  assert.deepEqual(
    rules.map(({ isMatched, file, line }) => [isMatched, file, line]),
    [
      [false, "reviews.yaml", 10],
      [true, "reviews.yaml", 11],
    ],
  );
  assert.equal(rulesNotReached, 1);
  assert.deepEqual(outcome, { kind: "forward" });
  assert.equal(service.port, 9080);
});

test("a draw chooses the backend that a proxy would take", () => {
  const bound = bindOutbound(snapshot.outbound.get("bookshop/reviews/9080")!);
  const request = sampleRequest("/");
  const subsets = new Set<string>();
  for (let draw = 0; draw < 1; draw += 0.01) {
    const { backends } = explained({ to: "reviews.bookshop:9080", draw });
    const [chosen, ...others] = backends.filter(({ isChosen }) => isChosen);
    const decision = decide(bound, request, draw);
    assert.ok(decision.kind === "forward" && chosen?.target.kind === "service");
    assert.equal(chosen.target.subset, decision.backend.subset);
    assert.deepEqual(others, []);
    subsets.add(chosen.target.subset);
  }
  assert.deepEqual([...subsets].sort(), ["v1", "v2"]);
});

test("a backend with nothing ready is answered with no-endpoint", () => {
  const { outcome } = explained({ from: "web", to: "reviews", headers: [["Version", "v2"]] });
  assert.equal(outcome.kind === "answer" && outcome.cause, "no-endpoint");
});

test("an invalid backend and a request that no rule takes are answered by the proxy", () => {
  const causeOf = (request: Partial<ExplainRequest>) => {
    const { outcome } = explained({ from: "web", to: "ratings", ...request });
    return outcome.kind === "answer" && outcome.cause;
  };
  assert.equal(causeOf({ path: "/gone" }), "backend-invalid");
  assert.equal(causeOf({ path: "/x" }), "no-route");
});

test("the text names rules with file and line, shares, workloads and their state", () => {
  assert.equal(
    textOf({ from: "web", to: "reviews", path: "/reviews/1", headers: [["Version", "v3"]] }),
    `bookshop/web sends GET /reviews/1 to reviews with version: v3.

This is Service bookshop/reviews port 9080 (revision 3).
Rules, in the order tried:
  - VirtualService bookshop/reviews rule 0 (reviews.yaml:10) misses: \
header version is "v3", it wants "v2"
  + VirtualService bookshop/reviews rule 1 (reviews.yaml:11) takes it: it takes every request
  1 more is not reached.

It has 2 backends, drawn by weight:
   90.0 % (weight 90)  bookshop/reviews subset v1 port 9080
           bookshop/reviews-v1 (v1) ready at 127.64.0.1:15008
   10.0 % (weight 10)  bookshop/reviews subset v2 port 9080
           bookshop/reviews-v2 (v2) not ready: its application does not pass its probe

The request is forwarded to one of these backends.
`,
  );
});

test("the text of a request that nothing takes says what each rule wants", () => {
  assert.equal(
    textOf({ to: "ratings.bookshop", path: "/x" }),
    `somebody sends GET /x to ratings.bookshop.

This is Service bookshop/ratings port 9080 (revision 3).
Rules, in the order tried:
  - HTTPRoute bookshop/ratings rule 0 (ratings.yaml:10) misses: \
the path is "/x", it wants "/gone"
  - HTTPRoute bookshop/ratings rule 1 (ratings.yaml:11) misses: \
query parameter q is not there, it wants any value

The proxy answers by itself, with cause no-route: \
No rule for ratings.bookshop.svc.cluster.local:9080 matches.
`,
  );
});

test("an unknown destination is told with what was looked up and what comes near", () => {
  assert.equal(
    textOf({ from: "web", to: "reveiws:9080" }),
    `bookshop/web sends GET / to reveiws:9080.

There is no Service bookshop/reveiws: the proxy answers by itself, with cause destination-unknown.
Did you mean reviews.bookshop:9080?
`,
  );
  const suggestionsFor = (to: string) => {
    const answer = answerTo({ from: "web", to });
    assert.ok(answer.kind === "ok" && answer.value.kind === "unknown-destination");
    return answer.value.suggestions;
  };
  assert.deepEqual(suggestionsFor("reviews:80"), ["reviews.bookshop:9080"]);
  assert.deepEqual(suggestionsFor("orders"), ["orders.shop"]);
  assert.deepEqual(suggestionsFor("http://reviews"), []);
});

test("a caller that does not exist, a path and a draw out of range are refused", () => {
  const messageOf = (request: ExplainRequest) => {
    const answer = answerTo(request);
    assert.equal(answer.kind, "error");
    return `${answer.error.message}. ${answer.error.remedy}`;
  };
  assert.equal(
    messageOf({ from: "wbe", to: "reviews" }),
    'There is no workload "wbe". Did you mean web?',
  );
  assert.match(messageOf({ to: "reviews", path: "x" }), /^The path "x" does not begin with/);
  assert.match(messageOf({ to: "reviews", draw: 1 }), /^The draw 1 is not in/);
});

test("a caller is found by namespace and name, in either order", () => {
  for (const from of ["bookshop/web", "web.bookshop", "web"]) {
    assert.equal(explained({ from, to: "reviews" }).request.from, "bookshop/web");
  }
});
