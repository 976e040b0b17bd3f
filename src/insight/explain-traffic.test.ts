import assert from "node:assert/strict";
import { test } from "node:test";
import type { ExplainRequest } from "#api/explanation.ts";
import { compile } from "#compile/compile.ts";
import {
  sampleBackendRef,
  sampleModel,
  sampleRegistration,
  sampleService,
  sampleVirtualService,
  sampleWorkload,
} from "#compile/sample-model.ts";
import { ABORT, isHit } from "#decision/is-hit.ts";
import type { RouteTraffic } from "#ir/route-traffic.ts";
import { explain } from "./explain.ts";
import { explanationText } from "./explanation-text.ts";

const TRAFFIC: RouteTraffic = {
  timeouts: { requestMs: 5_000, tryMs: 250, span: "waiting" },
  retry: {
    ...{ attempts: 3, backoffMs: 25, allowsUnsafe: false, avoidsTried: true },
    on: { statuses: [[500, 599]], grpcStatuses: [14], reset: true, timeout: false },
  },
  fault: { delay: { share: 1, ms: 1_500 }, abort: { share: 0.5, status: 503, grpc: 14 } },
  mirrors: [{ backend: sampleBackendRef("shadow"), share: 0.1, marksAuthority: true }],
};
const WEB = sampleWorkload("web");
const REVIEWS = sampleWorkload("reviews");

test("an explanation tells faults, copies, times and retries of the rule", () => {
  const lines = textOf({ to: "reviews.bookshop" }).split("\n");
  const from = lines.indexOf("On its way:");
  assert.deepEqual(lines.slice(from, from + 7), [
    "On its way:",
    "  it is delayed by 1.5 s, on purpose",
    "  it is in 50 % of all cases answered 503 (gRPC 14) with cause fault-injected, on purpose",
    "  a copy is in 10 % of all cases sent to bookshop/shadow",
    "  it may take 5 s in all",
    "  each try may take 250 ms",
    "  it is tried again up to 3 times after 500 to 599, gRPC 14, a broken connection, " +
      "after 25 ms and then longer",
  ]);
});

test("a request that isn't idempotent is told to be tried once, but for a key", () => {
  const allowed = (request: Partial<ExplainRequest>) =>
    explained({ to: "reviews.bookshop", method: "POST", ...request }).traffic?.retries?.isAllowed;
  assert.equal(allowed({}), false);
  assert.equal(allowed({ headers: [["Idempotency-Key", "1"]] }), true);
  assert.match(
    textOf({ to: "reviews.bookshop", method: "POST" }),
    /it is not tried again once an endpoint may have seen it: it is not idempotent/,
  );
});

test("a draw decides on faults as it does in a proxy, and an abort is the outcome", () => {
  for (const draw of [0.05, 0.2, 0.4, 0.6, 0.8]) {
    const { outcome } = explained({ to: "reviews.bookshop", draw });
    const isAborted = outcome.kind === "answer" && outcome.cause === "fault-injected";
    assert.equal(isAborted, isHit(0.5, draw, ABORT));
  }
});

test("a rule that wants nothing has nothing told of its way", () => {
  assert.equal("traffic" in explained({ to: "shadow.bookshop" }), false);
});

function explained(request: ExplainRequest) {
  const rule = sampleVirtualService("reviews", [{}]);
  const model = sampleModel({
    workloads: [WEB, REVIEWS],
    services: [sampleService("reviews"), sampleService("shadow")],
    routes: [{ ...rule, rules: rule.rules.map((each) => ({ ...each, traffic: TRAFFIC })) }],
  });
  const registered = [sampleRegistration(WEB), sampleRegistration(REVIEWS)];
  const answer = explain(compile(model, registered, 1).snapshot, model, request);
  assert.ok(answer.kind === "ok" && answer.value.kind === "explained");
  return answer.value;
}

function textOf(request: ExplainRequest): string {
  return explanationText(explained(request));
}
