import assert from "node:assert/strict";
import { test } from "node:test";
import { compile } from "#compile/compile.ts";
import {
  sampleModel,
  sampleOrigin,
  sampleRegistration,
  sampleService,
  sampleSubsets,
  sampleWorkload,
} from "#compile/sample-model.ts";
import type { DestinationPolicy } from "#ir/destination-policy.ts";
import type { PeerMode } from "#ir/peer-rule.ts";
import { explain } from "./explain.ts";
import { explanationText } from "./explanation-text.ts";

const EJECTION = {
  ...{ failures: 5, gatewayFailures: 2, localFailures: 5, isLocalApart: false },
  ...{ intervalMs: 10_000, baseMs: 30_000, ejectedPercentMax: 10, healthyPercentMin: 0 },
};

test("what a policy says of endpoints is told in words", () => {
  const text = textWith({
    balancer: {
      kind: "hash",
      by: { kind: "header", name: "x-user" },
      table: { kind: "ring", pointsMin: 1024 },
    },
    ejection: EJECTION,
    connections: { connectionsMax: 100, pendingMax: 50 },
  });
  assert.match(text, /endpoints: picked by the header x-user \(ring\): equal ones get the same\n/);
  assert.match(text, /left out for 30 s after 5 answers of 5xx or 2 of 502 to 504 in a row/);
  assert.match(text, /at most 100 connections, 50 requests that wait; more is refused: overflow/);
  assert.match(text, /to a ready workload, picked by the header x-user/);
});

test("balancers have names that people use", () => {
  for (const [kind, words] of [
    ["round-robin", "picked in turn"],
    ["random", "picked at random"],
    ["least-request", "picked by requests in flight"],
  ] as const) {
    assert.match(textWith({ balancer: { kind } }), new RegExp(words));
  }
  assert.match(textWith({}), /to whichever ready workload answers fastest/);
});

test("the policy stands in the explanation for machines, too", () => {
  const answer = answerWith({ balancer: { kind: "random" } });
  assert.ok(answer.kind === "explained");
  const [backend] = answer.backends;
  assert.ok(backend?.target.kind === "service");
  assert.deepEqual(backend.target.policy, { balancer: { kind: "random" } });
});

test("whether a workload takes plaintext is told, with the rule that says so", () => {
  const text = (mode: PeerMode | undefined) => {
    const workload = sampleWorkload("reviews-v1");
    const origin = sampleOrigin("PeerAuthentication", "reviews");
    const rule = { origin, createdAtMs: 0, namespace: "bookshop", selector: new Map() };
    const peerRules = mode ? [{ ...rule, mode, ports: new Map() }] : [];
    const services = [sampleService("reviews")];
    const model = sampleModel({ workloads: [workload], services, peerRules });
    const { snapshot } = compile(model, [sampleRegistration(workload)], 1);
    const answer = explain(snapshot, model, { to: "reviews.bookshop:9080" });
    assert.ok(answer.kind === "ok");
    return explanationText(answer.value);
  };
  const by = "(PeerAuthentication bookshop/reviews)";
  assert.ok(text("strict").includes(`; it takes mutual TLS only ${by}`));
  assert.ok(text("permissive").includes(`; it takes plaintext, too ${by}`));
  assert.doesNotMatch(text(undefined), /PeerAuthentication/);
});

function textWith(policy: DestinationPolicy): string {
  return explanationText(answerWith(policy));
}

function answerWith(policy: DestinationPolicy) {
  const workload = sampleWorkload("reviews-v1");
  const model = sampleModel({
    workloads: [workload],
    services: [sampleService("reviews")],
    subsets: [{ ...sampleSubsets("reviews", []), policy }],
  });
  const { snapshot } = compile(model, [sampleRegistration(workload)], 1);
  const answer = explain(snapshot, model, { to: "reviews.bookshop:9080" });
  assert.ok(answer.kind === "ok");
  return answer.value;
}
