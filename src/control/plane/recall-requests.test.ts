import assert from "node:assert/strict";
import { test } from "node:test";
import { FakeClock } from "#base/fake-clock.ts";
import { compile } from "#compile/compile.ts";
import { projectOutbound } from "#compile/project.ts";
import {
  sampleModel,
  sampleRegistration,
  sampleService,
  sampleWorkload,
} from "#compile/sample-model.ts";
import { RecordedRequests } from "#control/reports/recorded-requests.ts";
import { recallRequests } from "./recall-requests.ts";

const workloads = ["redis-0", "redis-1"].map((name) => sampleWorkload(name));
const plain = sampleModel({
  workloads,
  services: [
    sampleService("redis", { isHeadless: true }),
    {
      ...sampleService("*.example.com", { host: "*.example.com", isAsDialled: true }),
      selector: new Map(),
    },
  ],
});
const model = { ...plain, mesh: { ...plain.mesh, allowsUnknown: true as const } };
const registrations = workloads.map((workload, i) =>
  sampleRegistration(workload, { address: `127.64.0.${i + 1}` }),
);
const { snapshot } = compile(model, registrations, 7);

for (const key of [
  "redis-1.redis:9080",
  "api.example.com:9080",
  "198.51.100.7:443",
  "[2001:db8::1]:443",
]) {
  test(`the plan for ${key} is found, a part of another one, in force or replaced`, () => {
    const plan = projectOutbound(snapshot, key, { namespace: "bookshop" });
    assert.match(plan?.id ?? "", /#/);
    const requests = new RecordedRequests(new FakeClock());
    requests.plans.noteSnapshot(snapshot);
    requests.note(PROXY, [request(plan!.id, plan!.hash)], undefined);
    assert.deepEqual(recallRequests(requests, "an-id", snapshot)[0]?.archived, {
      plan,
      revision: 7,
    });
    requests.plans.noteSnapshot({ revision: 8, outbound: new Map() });
    assert.deepEqual(recallRequests(requests, "an-id", snapshot)[0]?.archived, {
      plan,
      revision: 7,
    });
  });
}

test("the plan for a pod's address is found while the pod is what it was", () => {
  const pod = sampleWorkload("web", { addresses: ["10.1.0.1", "fd00::1"] });
  const mesh = { ...model.mesh, onKubernetes: true as const };
  const inCluster = compile({ ...model, mesh, workloads: [pod] }, [], 9).snapshot;
  for (const key of ["10.1.0.1:80", "[fd00::1]:80"]) {
    const plan = projectOutbound(inCluster, key, { namespace: "bookshop" });
    const requests = new RecordedRequests(new FakeClock());
    requests.note(PROXY, [request(plan!.id, plan!.hash)], undefined);
    const [found] = recallRequests(requests, "an-id", inCluster);
    assert.deepEqual(found?.archived, { plan, revision: 9 });
    const gone = { ...inCluster, direct: new Map() };
    assert.equal(recallRequests(requests, "an-id", gone)[0]?.archived, undefined);
  }
});

test("a part of which nobody has such a plan is not made up", () => {
  const requests = new RecordedRequests(new FakeClock());
  requests.plans.noteSnapshot(snapshot);
  for (const id of [
    "outbound/bookshop/redis/9080#redis-1",
    "outbound/nobody#x",
    "outbound/nobody",
  ]) {
    requests.note(PROXY, [request(id, "another")], undefined);
  }
  const found = recallRequests(requests, "an-id", snapshot);
  assert.deepEqual(
    found.map(({ archived }) => archived),
    [undefined, undefined, undefined],
  );
});

const PROXY = { namespace: "bookshop", workload: "web" };

function request(planId: string, planHash: string) {
  return {
    ...{ id: "an-id", atMs: 1, durationMs: 2, to: "a:80", method: "GET", authority: "a:80" },
    ...{ scheme: "http", path: "/", headers: [], hasWaited: false, isDelayed: false },
    ...{ isBudgetSpent: false, tries: [], status: 200, grpcStatus: "", cause: "" },
    decided: { planId, planHash, draw: 0.5, index: 0, endpoints: 1, ejected: 0 },
  };
}
