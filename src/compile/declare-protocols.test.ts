import assert from "node:assert/strict";
import { test } from "node:test";
import type { Protocol } from "#ir/model.ts";
import { compile } from "./compile.ts";
import { declareProtocols } from "./declare-protocols.ts";
import {
  sampleBackendRef,
  sampleHttpRoute,
  sampleModel,
  sampleService,
  sampleWorkload,
} from "./sample-model.ts";

const ENDS: readonly (readonly [string, Protocol, readonly Protocol[], Protocol])[] = [
  ["a service's port speaks what the workload behind it declares", "detect", ["tcp"], "tcp"],
  ["two workloads that agree declare it together", "detect", ["http2", "http2"], "http2"],
  ["one that says nothing doesn't disagree", "detect", ["detect", "http"], "http"],
  ["two that disagree declare nothing", "detect", ["http", "tcp"], "detect"],
  ["nobody says anything", "detect", ["detect"], "detect"],
  ["what the service declares stays", "http", ["tcp"], "http"],
];

for (const [name, said, spoken, found] of ENDS) {
  test(`${name}: ${said} before ${spoken.join(", ")} is ${found}`, () => {
    assert.equal(declareProtocols(modelOf([said], spoken)).services[0]!.ports[0]!.protocol, found);
  });
}

test("a workload's port speaks what the services before it declare", () => {
  const spokenBehind = (...said: readonly Protocol[]) =>
    declareProtocols(modelOf(said, ["detect"])).workloads[0]!.ports[0]!.protocol;
  assert.equal(spokenBehind("http2"), "http2");
  assert.equal(spokenBehind("detect", "tcp"), "tcp");
  assert.equal(spokenBehind("http", "tcp"), "detect");
});

test("a model in which everything is declared is left as it is", () => {
  const model = modelOf(["http"], ["tcp"]);
  assert.equal(declareProtocols(model), model);
});

test("both plans of an undeclared port say so, and its routes leave alone what is no HTTP", () => {
  const rules = [{ backends: [sampleBackendRef("other")] }];
  const model = modelOf(["detect"], ["detect"]);
  const { snapshot, diagnostics } = compile(
    {
      ...model,
      services: [...model.services, sampleService("other")],
      routes: [sampleHttpRoute("to-other", rules)],
    },
    [],
    1,
  );
  const plan = snapshot.outbound.get("bookshop/reviews/9080")!;
  assert.equal(plan.protocol, "detect");
  assert.equal(snapshot.inbound.get("bookshop/reviews-v0")!.ports[0]!.protocol, "detect");
  assert.ok(!diagnostics.some(({ code }) => code === "WEFT207" || code === "WEFT208"));
  assert.deepEqual(
    plan.routes.map(({ name, matches }) => [name, matches.map(({ method }) => method)]),
    [
      ["default", ["CONNECT"]],
      ["HTTPRoute bookshop/to-other", []],
    ],
  );
  assert.deepEqual(
    plan.backends.map((backend) => backend.kind === "endpoints" && backend.service),
    ["reviews", "other"],
  );
});

function modelOf(said: readonly Protocol[], spoken: readonly Protocol[]) {
  return sampleModel({
    services: said.map((protocol, i) =>
      sampleService(i === 0 ? "reviews" : `reviews-too-${i}`, {
        selector: new Map([["app", "reviews"]]),
        ports: [{ name: "", port: 9080, targetPort: 9080, protocol }],
      }),
    ),
    workloads: spoken.map((protocol, i) =>
      sampleWorkload(`reviews-v${i}`, { ports: [{ name: "main", port: 9080, protocol }] }),
    ),
  });
}
