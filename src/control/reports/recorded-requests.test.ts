import assert from "node:assert/strict";
import { test } from "node:test";
import { FakeClock } from "#base/fake-clock.ts";
import { LIMITS } from "#base/limits.ts";
import type { OutboundPlan } from "#snapshot/plan.ts";
import type { RecordedRequest } from "#snapshot/recorded-request.ts";
import { PlanArchive } from "./plan-archive.ts";
import { RecordedRequests } from "./recorded-requests.ts";

const PROXY = { namespace: "bookshop", workload: "web" };

test("a request is found by its id, at every proxy that it passed, in the order of time", () => {
  const requests = new RecordedRequests(new FakeClock());
  requests.note(PROXY, [request("a", { atMs: 20 })], undefined);
  requests.note({ ...PROXY, workload: "front" }, [request("a", { atMs: 10 })], undefined);
  requests.note(PROXY, [request("b")], undefined);
  assert.deepEqual(
    requests.find("a").map(({ proxy }) => proxy.workload),
    ["front", "web"],
  );
  assert.deepEqual(requests.find("c"), []);
});

test("requests are forgotten after a while, and the oldest when there are too many", () => {
  const clock = new FakeClock();
  const requests = new RecordedRequests(clock);
  requests.note(PROXY, [request("old")], undefined);
  clock.advance(LIMITS.requestsKeptMs + 1);
  assert.deepEqual(requests.find("old"), []);
  const batch = 2 * LIMITS.requestsToldMax;
  const first = request("first");
  requests.note(PROXY, [first, ...manyRequests(batch - 1)], undefined);
  while (requests.count < LIMITS.requestsKept) requests.note(PROXY, manyRequests(batch), undefined);
  requests.note(PROXY, manyRequests(batch), undefined);
  assert.equal(requests.count, LIMITS.requestsKept);
  assert.deepEqual(requests.find("first"), []);
});

test("what is no request, and what proxies could not tell, is counted", () => {
  const requests = new RecordedRequests(new FakeClock());
  const wrong = [
    null,
    { ...request("a"), id: "" },
    { ...request("a"), path: "x".repeat(LIMITS.requestToldBytesMax + 1) },
    { ...request("a"), headers: [["only-a-name"]] },
    { ...request("a"), headers: Array(5).fill(["a", "x".repeat(LIMITS.requestToldBytesMax)]) },
    { ...request("a"), tries: [{ address: 7 }] },
    { ...request("a"), decided: { ...DECIDED, draw: 1 } },
  ];
  requests.note(PROXY, wrong, 3);
  requests.note(PROXY, "nonsense", "nonsense");
  assert.equal(requests.count, 0);
  assert.equal(requests.untold, wrong.length + 3);
});

test("the plan that decided is found while it is in force and for a while after", () => {
  const clock = new FakeClock();
  const archive = new PlanArchive(clock);
  const noteAs = (revision: number, hash: string) =>
    archive.noteSnapshot({ revision, outbound: new Map([["key", plan(hash)]]) });
  noteAs(7, "one");
  noteAs(8, "one");
  assert.equal(archive.find("outbound/a", "one")?.revision, 7);
  noteAs(9, "two");
  assert.equal(archive.find("outbound/a", "one")?.revision, 7);
  assert.equal(archive.find("outbound/a", "two")?.revision, 9);
  assert.equal(archive.find("outbound/a", "three"), undefined);
  clock.advance(LIMITS.requestsKeptMs + 1);
  noteAs(10, "three");
  assert.equal(archive.find("outbound/a", "one"), undefined);
});

test("only so many replaced plans are kept", () => {
  const archive = new PlanArchive(new FakeClock());
  for (let i = 0; i <= LIMITS.plansKeptForRequests + 1; i++) {
    archive.noteSnapshot({ revision: i, outbound: new Map([["key", plan(`${i}`)]]) });
  }
  assert.equal(archive.find("outbound/a", "0"), undefined);
  assert.ok(archive.find("outbound/a", "1"));
});

const DECIDED = {
  planId: "outbound/a",
  planHash: "one",
  draw: 0.5,
  index: 0,
  endpoints: 1,
  ejected: 0,
};

function request(id: string, changes: Partial<RecordedRequest> = {}): RecordedRequest {
  return {
    ...{ id, atMs: 1, durationMs: 2, to: "a.shop:80", method: "GET", authority: "a:80" },
    ...{ scheme: "http", path: "/", headers: [], decided: DECIDED, hasWaited: false },
    ...{ isDelayed: false, isBudgetSpent: false, tries: [], status: 200 },
    ...{ grpcStatus: "", cause: "", ...changes },
  };
}

function manyRequests(count: number): RecordedRequest[] {
  return Array.from({ length: count }, (_, i) => request(`many-${i}`));
}

function plan(hash: string): OutboundPlan {
  const scope = { namespace: "shop", name: "a", port: 80, host: "a.shop" };
  return {
    ...{ kind: "outbound", id: "outbound/a", hash, protocol: "http", routes: [], backends: [] },
    scope: { kind: "service-port", ...scope },
  };
}
