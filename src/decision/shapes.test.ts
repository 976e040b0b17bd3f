import assert from "node:assert/strict";
import { test } from "node:test";
import type { CorsPlan, HeaderEditsPlan } from "#snapshot/shape-plan.ts";
import { bindOutbound } from "./bind.ts";
import { bindShape } from "./bind-shape.ts";
import { decide } from "./decide.ts";
import { samplePlan, sampleRequest } from "./sample-plans.ts";

const CORS: CorsPlan = {
  origins: [{ kind: "exact", value: "https://shop.example" }],
  ...{ methods: [], headers: [], exposed: [], credentials: false, unmatched: "forward" },
};

function edits(part: Partial<HeaderEditsPlan>): HeaderEditsPlan {
  return { remove: [], set: [], add: [], ...part };
}

test("a route that answers by itself decides so, and asks no backend", () => {
  const reply = { kind: "direct", status: 418, bodyBase64: "YQ==", contentType: "a/b" } as const;
  const bound = bindOutbound(samplePlan([{ reply }]));
  for (const draw of [0, 0.5, 0.99]) {
    const decision = decide(bound, sampleRequest("/"), draw);
    assert.equal(decision.kind, "reply");
    if (decision.kind !== "reply" || decision.reply.kind !== "direct") return assert.fail();
    assert.deepEqual([decision.reply.status, decision.backendIndex], [418, -1]);
    assert.equal(Buffer.from(decision.reply.body).toString(), "a");
  }
});

test("a preflight is answered, whatever the route would do with other requests", () => {
  const asked = ["origin", "https://shop.example", "access-control-request-method", "GET"];
  const bound = bindOutbound(samplePlan([{ shape: { cors: CORS } }]));
  const kindOf = (headers: readonly string[], method = "OPTIONS") => {
    const decision = decide(bound, sampleRequest("/", headers, method), 0);
    return decision.kind === "reply" ? decision.reply.kind : decision.kind;
  };
  assert.equal(kindOf(asked), "preflight");
  assert.equal(kindOf(asked, "GET"), "forward");
  assert.equal(kindOf(asked.slice(0, 2)), "forward");
  assert.equal(kindOf(asked.slice(2)), "forward");
  assert.equal(kindOf(["origin", "https://other", ...asked.slice(2)]), "forward");
  const answering = { ...CORS, unmatched: "answer" } as const;
  const strict = bindOutbound(samplePlan([{ shape: { cors: answering } }]));
  const other = sampleRequest("/", ["origin", "https://other", ...asked.slice(2)], "OPTIONS");
  assert.equal(decide(strict, other, 0).kind, "reply");
});

test("every decision stands at its index, also those that answer", () => {
  const reply = { kind: "direct", status: 200, bodyBase64: "", contentType: "" } as const;
  const shape = { cors: CORS };
  const bound = bindOutbound(samplePlan([{ shape }, { reply, shape }, { backends: [] }]));
  assert.equal(bound.decisions.length, 1 + 2 + 2 + 1);
  for (const [i, decision] of bound.decisions.entries()) assert.equal(decision.index, i);
});

test("headers are changed by the backend first, then by the route", () => {
  const backend = edits({ set: [["a", "1"]], add: [["b", "1"]], remove: ["c"] });
  const route = edits({ set: [["a", "2"]], add: [["b", "2"]], remove: ["d"] });
  assert.deepEqual(bindShape({ request: backend }, { request: route })!.request, {
    removed: ["c", "a", "d"],
    added: ["b", "1", "a", "2", "b", "2"],
  });
  assert.deepEqual(bindShape({ response: backend }, {})!.response!.added, ["a", "1", "b", "1"]);
  assert.equal(bindShape(undefined, undefined), undefined);
});

test("the route's authority wins over its backend's", () => {
  assert.equal(bindShape({ authority: "a" }, { authority: "b" })!.authority, "b");
  assert.equal(bindShape({ authority: "a" }, {})!.authority, "a");
});
