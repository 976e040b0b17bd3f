import assert from "node:assert/strict";
import { test } from "node:test";
import { FakeClock } from "#base/fake-clock.ts";
import { LIMITS } from "#base/limits.ts";
import { compile } from "#compile/compile.ts";
import type { Model, Service, Workload } from "#ir/model.ts";
import type { DownMessage, Hello, Update } from "#snapshot/messages.ts";
import type { Snapshot } from "#snapshot/snapshot.ts";
import { Session } from "./session.ts";
import { Subscriptions } from "./subscriptions.ts";

const REVIEWS_KEY = "reviews:9080";
const REVIEWS_PLAN = "outbound/shop/reviews/9080";

test("a proxy gets the plans of the keys that it names, its inbound plan, and nothing else", () => {
  const { updates } = greet({ keys: [REVIEWS_KEY] }, snapshot(1));
  const [update] = updates();
  assert.equal(update!.revision, 1);
  assert.deepEqual(update!.keys, [[REVIEWS_KEY, REVIEWS_PLAN]]);
  assert.deepEqual(
    update!.plans.map(({ id }) => id),
    [REVIEWS_PLAN],
  );
  assert.equal(update!.inbound?.id, "inbound/shop/web");
});

test("a plan that the proxy holds already is not sent again", () => {
  const compiled = snapshot(1);
  const plan = compiled.outbound.get("shop/reviews/9080")!;
  const inbound = compiled.inbound.get("shop/web")!;
  const { updates } = greet({ keys: [REVIEWS_KEY], held: [plan, inbound] }, compiled);
  assert.deepEqual(updates()[0]!.plans, []);
  assert.equal(updates()[0]!.inbound, undefined);
  assert.deepEqual(updates()[0]!.keys, [[REVIEWS_KEY, REVIEWS_PLAN]]);
});

test("a plan that the proxy holds and nothing needs any more is taken back", () => {
  const held = [{ id: "outbound/shop/gone/80", hash: "x" }];
  const { updates } = greet({ held }, snapshot(1));
  assert.deepEqual(updates()[0]!.removed, ["outbound/shop/gone/80"]);
});

test("a negative answer is a subscription: creating the service later tells the proxy", () => {
  const { session, install, updates } = greet({ keys: ["ratings:9080"] }, snapshot(1));
  assert.deepEqual(updates()[0]!.keys, [["ratings:9080", null]]);
  session.answered(1);
  install(snapshot(2, ["reviews", "ratings"]));
  assert.deepEqual(updates()[1]!.keys, [["ratings:9080", "outbound/shop/ratings/9080"]]);
  assert.equal(updates()[1]!.revision, 2);
});

test("a revision that changes nothing for a proxy is not sent, and counts as known", () => {
  const { session, install, updates } = greet({ keys: [REVIEWS_KEY] }, snapshot(1));
  session.answered(1);
  install(snapshot(2, ["reviews", "ratings"]));
  assert.equal(updates().length, 1);
  assert.equal(session.revisionAcknowledged, 2);
});

test("an answer to a new key never overtakes the revision that the proxy knows", () => {
  const { session, updates } = greet({}, snapshot(5));
  session.want(["ratings:9080"]);
  assert.equal(updates()[1]!.revision, 5);
  assert.deepEqual(updates()[1]!.keys, [["ratings:9080", null]]);
});

test("a dropped key's plan is not kept up to date", () => {
  const { session, install, updates } = greet({ keys: [REVIEWS_KEY] }, snapshot(1));
  session.answered(1);
  session.drop([REVIEWS_KEY]);
  install(snapshot(2, []));
  assert.equal(updates().length, 1);
});

test("who has not answered gets all that has changed meanwhile in one update", () => {
  const { session, install, updates } = greet({ keys: [REVIEWS_KEY] }, snapshot(1));
  install(snapshot(2, []));
  install(snapshot(3, ["ratings"]));
  install(snapshot(4, ["ratings", "reviews"]));
  install(snapshot(5, []));
  assert.equal(updates().length, 1);
  assert.equal(session.revisionAcknowledged, 0);
  session.answered(1);
  assert.deepEqual(
    updates().map(({ revision, keys }) => [revision, keys]),
    [
      [1, [[REVIEWS_KEY, REVIEWS_PLAN]]],
      [5, [[REVIEWS_KEY, null]]],
    ],
  );
  assert.equal(session.revisionAcknowledged, 1);
  session.answered(5);
  assert.equal(session.revisionAcknowledged, 5);
});

test("who doesn't answer at all is told the next all the same, after a while", () => {
  const { install, clock, updates } = greet({ keys: [REVIEWS_KEY] }, snapshot(1));
  clock.advance(LIMITS.updateAnswerMs);
  install(snapshot(2, []));
  assert.equal(updates()[1]!.revision, 2);
});

test("who has refused an update gets everything with the next one", () => {
  const [reviews, ratings] = [REVIEWS_KEY, "ratings:9080"];
  const both = ["reviews", "ratings"];
  const { session, install, updates } = greet({ keys: [reviews, ratings] }, snapshot(1, both));
  session.answered(1);
  install(snapshot(2, ["reviews"]));
  assert.deepEqual(updates()[1]!.removed, ["outbound/shop/ratings/9080"]);
  session.answered(undefined);
  assert.equal(session.revisionAcknowledged, 1);
  assert.equal(session.isUpToDate, false);

  install(snapshot(3, ["reviews", "details"]));
  const { keys, plans, removed, inbound } = updates()[2]!;
  assert.deepEqual(keys, [
    [reviews, REVIEWS_PLAN],
    [ratings, null],
  ]);
  assert.deepEqual(
    plans.map(({ id }) => id),
    [REVIEWS_PLAN],
  );
  assert.deepEqual(removed, ["outbound/shop/ratings/9080"]);
  assert.equal(inbound?.id, "inbound/shop/web");
  session.answered(3);
  assert.equal(session.revisionAcknowledged, 3);
});

test("what it asks for after a refusal is answered without what it refused", () => {
  const { session, updates } = greet({ keys: [REVIEWS_KEY] }, snapshot(1, ["reviews", "ratings"]));
  session.answered(undefined);
  session.want(["ratings:9080"]);
  assert.deepEqual(
    updates()[1]!.plans.map(({ id }) => id),
    ["outbound/shop/ratings/9080"],
  );
  session.answered(1);
  assert.equal(session.revisionAcknowledged, 0);
});

test("keys beyond the allowed rate get no answer until time has passed", () => {
  const { session, updates, clock } = greet({}, snapshot(1));
  const keys = Array.from({ length: LIMITS.keysPerSecondMax + 10 }, (_, i) => `s${i}:80`);
  session.want(keys);
  assert.equal(updates()[1]!.keys.length, LIMITS.keysPerSecondMax);
  clock.advance(1000);
  session.want(keys.slice(-10));
  assert.equal(updates()[2]!.keys.length, 10);
});

function greet(parts: Partial<Hello>, first = snapshot(1)) {
  const clock = new FakeClock();
  const sent: DownMessage[] = [];
  const hello: Hello = {
    type: "hello",
    protocol: 1,
    version: "1",
    workload: { namespace: "shop", name: "web" },
    address: "127.64.0.2",
    meshPort: 15008,
    metrics: "",
    revision: 0,
    held: [],
    keys: [],
    isReady: true,
    ...parts,
  };
  let newest = first;
  const circle = {
    clock,
    plans: new Subscriptions<Session>(),
    labels: new Subscriptions<Session>(),
    snapshotFor: () => newest,
  };
  const session = new Session(hello, first.revision, circle, (message) => void sent.push(message));
  const install = (snapshot: Snapshot) => {
    newest = snapshot;
    session.install(snapshot);
  };
  return { session, install, clock, updates: () => sent as Update[] };
}

function snapshot(revision: number, services: readonly string[] = ["reviews"]) {
  const model: Model = {
    mesh: { trustDomain: "mesh.local", certificateLifeMs: 86_400_000 },
    workloads: [workload("web")],
    services: services.map(service),
    outsides: [],
    serviceAccounts: [],
    subsets: [],
    routes: [],
  };
  return compile(model, [], revision).snapshot;
}

function service(name: string): Service {
  return {
    namespace: "shop",
    name,
    origin: { ref: { group: "", kind: "Service", namespace: "shop", name }, position: undefined },
    selector: new Map([["app", name]]),
    ports: [{ name: "http", port: 9080, targetPort: 9080, protocol: "http" }],
  };
}

function workload(name: string): Workload {
  return {
    namespace: "shop",
    name,
    origin: { ref: { group: "", kind: "Workload", namespace: "shop", name }, position: undefined },
    labels: new Map([["app", name]]),
    serviceAccount: name,
    ports: [],
    dependencies: [],
    command: [],
    workingFolder: undefined,
    environment: new Map(),
    readiness: { kind: "none" },
  };
}
