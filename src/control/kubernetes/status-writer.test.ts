import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import type { RouteParentStatus } from "#api/route-parent-status.ts";
import { systemClock } from "#base/clock.ts";
import { silentLog } from "#base/log.ts";
import { ApiServerFixture } from "#kubernetes/api-server-fixture.ts";
import type { ClusterObject } from "#kubernetes/cluster-object.ts";
import { type StatusWish, StatusWriter } from "./status-writer.ts";

const ROUTES = "/apis/gateway.networking.k8s.io/v1/namespaces/shop/httproutes";
const OURS = "weft.dev/control-plane";

test("a route's parents are written, and others' stay", async (t) => {
  const { server, writer } = await makeWriter(t);
  const theirs = { parentRef: { kind: "Gateway", name: "g" }, controllerName: "example.com/x" };
  server.put(ROUTES, { metadata: { name: "r" }, status: { parents: [theirs] } });
  writer.wish([wish("r", [parent("web")])]);
  await until(() => parentsOf(server, "r").length === 2);
  const [first, own] = parentsOf(server, "r");
  assert.deepEqual(first, theirs);
  assert.equal(own?.controllerName, OURS);
  const [condition] = own!.conditions;
  assert.equal(condition?.observedGeneration, 1);
  assert.match(condition!.lastTransitionTime, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
});

test("what says that already is not written again, nor looked at", async (t) => {
  const { server, writer } = await makeWriter(t);
  server.put(ROUTES, { metadata: { name: "r" } });
  writer.wish([wish("r", [parent("web")])]);
  await until(() => parentsOf(server, "r").length === 1);
  await settled();
  const count = server.requests.length;
  writer.wish([wish("r", [parent("web")])]);
  await settled();
  assert.equal(server.requests.length, count);
  // Another leader looks, and finds it right.
  const { writer: other } = await makeWriter(t, server);
  other.wish([wish("r", [parent("web")])]);
  await until(() => server.requests.length > count);
  await settled();
  assert.deepEqual(
    server.requests.slice(count).map(({ method }) => method),
    ["GET"],
  );
});

test("a time stays where nothing turns, and a parent that is ours no more goes", async (t) => {
  const { server, writer } = await makeWriter(t);
  server.put(ROUTES, { metadata: { name: "r" } });
  writer.wish([wish("r", [parent("web")])]);
  await until(() => parentsOf(server, "r").length === 1);
  const [before] = parentsOf(server, "r")[0]!.conditions;
  const known = server.get(`${ROUTES}/r`)!;
  const old = "2020-01-01T00:00:00Z";
  const parents = [
    { ...parentsOf(server, "r")[0], conditions: [{ ...before, lastTransitionTime: old }] },
  ];
  server.put(ROUTES, { ...known, metadata: { name: "r", generation: 2 }, status: { parents } });
  writer.wish([wish("r", [parent("web")], 2)]);
  await until(() => parentsOf(server, "r")[0]!.conditions[0]!.observedGeneration === 2);
  assert.equal(parentsOf(server, "r")[0]!.conditions[0]!.lastTransitionTime, old);
  writer.wish([wish("r", [parent("web", "False")], 2)]);
  await until(() => parentsOf(server, "r")[0]!.conditions[0]!.status === "False");
  assert.notEqual(parentsOf(server, "r")[0]!.conditions[0]!.lastTransitionTime, old);
  writer.wish([wish("r", [], 2)]);
  await until(() => parentsOf(server, "r").length === 0);
});

test("an object that has changed meanwhile waits until that is known", async (t) => {
  const { server, writer } = await makeWriter(t);
  server.put(ROUTES, { metadata: { name: "r", generation: 2 } });
  writer.wish([wish("r", [parent("web")], 1)]);
  await settled();
  assert.equal(server.get(`${ROUTES}/r`)?.["status"], undefined);
});

test("a write that fails is tried again, and one that lost a race looks anew", async (t) => {
  const { server, writer } = await makeWriter(t);
  server.put(ROUTES, { metadata: { name: "r" } });
  let count = 0;
  server.intercept = ({ method }, answer) => {
    if (method !== "PATCH") return false;
    count++;
    if (count === 1) {
      answer.writeHead(503).end();
      return true;
    }
    // Somebody else writes between our look and our write.
    if (count === 2) server.put(ROUTES, { ...server.get(`${ROUTES}/r`)!, touched: true });
    return false;
  };
  writer.wish([wish("r", [parent("web")])]);
  await until(() => parentsOf(server, "r").length === 1);
  assert.equal(count, 3);
  assert.equal(server.get(`${ROUTES}/r`)?.["touched"], true);
});

test("a condition is one among others'", async (t) => {
  const { server, writer } = await makeWriter(t);
  const theirs = { type: "Reconciled", status: "True", reason: "", message: "" };
  server.put(ROUTES, { metadata: { name: "r" }, status: { conditions: [theirs] } });
  const said = { type: "weft.dev/Accepted", status: "False", reason: "Invalid", message: "no" };
  const says = { kind: "condition" as const, condition: said };
  const conditions = (): readonly object[] => {
    const status = server.get(`${ROUTES}/r`)?.["status"] as { conditions?: readonly object[] };
    return status.conditions ?? [];
  };
  writer.wish([{ path: `${ROUTES}/r`, generation: 1, says }]);
  await until(() => conditions().length === 2);
  assert.deepEqual(conditions()[0], theirs);
});

function wish(name: string, parents: readonly RouteParentStatus[], generation = 1): StatusWish {
  return { path: `${ROUTES}/${name}`, generation, says: { kind: "parents", parents } };
}

function parent(name: string, status: "True" | "False" = "True"): RouteParentStatus {
  return {
    parentRef: { group: "", kind: "Service", namespace: "shop", name },
    controllerName: OURS,
    conditions: [{ type: "Accepted", status, reason: "Accepted", message: "" }],
  };
}

type Parents = readonly {
  readonly controllerName: string;
  readonly conditions: readonly {
    readonly status: string;
    readonly observedGeneration: number;
    readonly lastTransitionTime: string;
  }[];
}[];

function parentsOf(server: ApiServerFixture, name: string): Parents {
  const route: ClusterObject | undefined = server.get(`${ROUTES}/${name}`);
  return (route?.["status"] as { parents?: Parents } | undefined)?.parents ?? [];
}

async function makeWriter(t: TestContext, known?: ApiServerFixture) {
  const server = known ?? (await new ApiServerFixture().listen());
  const api = server.client();
  const writer = new StatusWriter({
    ...{ api, clock: systemClock, random: () => 0, log: silentLog, trust: () => [] },
    controllerName: OURS,
  });
  t.after(async () => {
    writer.stop();
    api.close();
    if (!known) await server.close();
  });
  return { server, writer };
}

async function until(isSo: () => boolean): Promise<void> {
  const endMs = performance.now() + 20_000;
  while (!isSo()) {
    assert.ok(performance.now() < endMs, "it never is so");
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

function settled(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 100));
}
