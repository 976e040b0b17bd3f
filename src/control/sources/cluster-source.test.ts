// Against a small HTTP server that lists and watches as an API server does.

import assert from "node:assert/strict";
import { once } from "node:events";
import { type TestContext, test } from "node:test";
import { systemClock } from "#base/clock.ts";
import { type Log, silentLog } from "#base/log.ts";
import { ApiServerFixture } from "#kubernetes/api-server-fixture.ts";
import type { ReadableKind } from "./cluster-kind.ts";
import type { ClusterSet } from "./cluster-set.ts";
import { ClusterSource } from "./cluster-source.ts";

const PODS = "/api/v1/namespaces/shop/pods";
const SERVICES = "/api/v1/namespaces/shop/services";
const NODES = "/api/v1/nodes";
const CRDS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
const ROUTES = "/apis/gateway.networking.k8s.io/v1beta1/namespaces/shop/httproutes";
const KINDS: readonly ReadableKind[] = [
  { group: "gateway.networking.k8s.io", kind: "HTTPRoute", versions: ["v1", "v1beta1"] },
];

test("nothing is told before every kind is listed, also those of definitions", async (t) => {
  const { server, begin } = await makeSource(t);
  server.put(CRDS, definition("v1beta1"));
  server.put(ROUTES, route("canary"));
  server.put(SERVICES, service("web"));
  server.put(PODS, pod("web-1"));
  let isHeld = true;
  server.intercept = ({ url }, answer) => {
    if (!isHeld || !url.includes("httproutes")) return false;
    answer.writeHead(500).end();
    return true;
  };
  const { source, started } = begin();
  let isStarted = false;
  void started.then(() => {
    isStarted = true;
  });
  await until(() => source.problems.some((problem) => /httproutes.*\(500\)|500/.test(problem)));
  assert.equal(isStarted, false);
  isHeld = false;
  const set = await started;
  assert.deepEqual(namesIn(set), ["HTTPRoute canary", "Service web"]);
  assert.deepEqual([...set.pods.keys()], ["shop/web-1"]);
  assert.deepEqual(source.problems, []);
});

test("what changes is told, what stays is the same object", async (t) => {
  const { server, begin } = await makeSource(t);
  server.put(SERVICES, service("a"));
  const { started, next } = begin();
  const first = await started;
  server.put(SERVICES, service("b"));
  const second = await next();
  assert.deepEqual(namesIn(second), ["Service a", "Service b"]);
  assert.equal(second.documents[0], first.documents[0]);
  server.remove(`${SERVICES}/a`);
  assert.deepEqual(namesIn(await next()), ["Service b"]);
});

test("what an object's status says alone is no change", async (t) => {
  const { server, begin } = await makeSource(t);
  server.put(NODES, { metadata: { name: "n1" }, status: { heartbeat: 1 } });
  server.put(SERVICES, service("a"));
  const { sets, started, next } = begin();
  await started;
  server.put(NODES, { metadata: { name: "n1" }, status: { heartbeat: 2 } });
  server.put(SERVICES, { ...service("a"), status: { loadBalancer: {} } });
  server.put(SERVICES, service("b"));
  await next();
  assert.equal(sets.length, 0);
});

test("a kind comes with its definition, in the best version served, and goes so", async (t) => {
  const { server, begin } = await makeSource(t);
  const { started, next } = begin();
  await started;
  server.put(ROUTES, route("canary"));
  server.put(CRDS, { ...definition("v1beta1"), status: {} });
  server.put(CRDS, definition("v1beta1"));
  let set = await next();
  while (set.documents.length === 0) set = await next();
  assert.deepEqual(namesIn(set), ["HTTPRoute canary"]);
  assert.equal(set.documents[0]!.apiVersion, "gateway.networking.k8s.io/v1beta1");
  server.remove(`${CRDS}/httproutes`);
  assert.deepEqual(namesIn(await next()), []);
});

test("definitions, which are large, come by small pages", async (t) => {
  const { server, begin } = await makeSource(t);
  for (let i = 0; i < 60; i++) {
    server.put(CRDS, { ...definition("v1"), metadata: { name: `other${i}` } });
  }
  server.put(CRDS, definition("v1beta1"));
  server.put(ROUTES, route("canary"));
  await begin().started;
  const asked = server.requests.filter(({ url }) => url.startsWith(CRDS) && !url.includes("watch"));
  assert.equal(asked.length, 3);
});

test("a kind that is read in another version is never gone meanwhile", async (t) => {
  const { server, begin } = await makeSource(t);
  const now = ROUTES.replace("v1beta1", "v1");
  server.put(CRDS, definition("v1beta1"));
  server.put(ROUTES, route("canary"));
  server.put(now, route("canary"));
  const { started, next } = begin();
  await started;
  let isHeld = true;
  server.intercept = ({ url }, answer) => {
    if (!isHeld || !url.startsWith("/apis/gateway.networking.k8s.io/v1/")) return false;
    answer.writeHead(500).end();
    return true;
  };
  const served = definition("v1beta1");
  const versions = ["v1", "v1beta1"].map((name) => ({ name, served: true }));
  server.put(CRDS, { ...served, spec: { ...served.spec, versions } });
  server.put(SERVICES, service("a"));
  assert.deepEqual(namesIn(await next()), ["HTTPRoute canary", "Service a"]);
  isHeld = false;
  let set = await next();
  while (set.documents[0]?.apiVersion.endsWith("v1beta1")) set = await next();
  assert.deepEqual(namesIn(set), ["HTTPRoute canary", "Service a"]);
});

test("while the server is away the last state goes on; what was missed follows", async (t) => {
  const told: string[] = [];
  const log: Log = { ...silentLog, warn: (message) => void told.push(message) };
  const { server, begin } = await makeSource(t, log);
  server.put(SERVICES, service("a"));
  const { source, sets, started, next } = begin();
  await started;
  const { port } = server;
  await server.close();
  await until(() => source.problems.length > 0);
  assert.equal(sets.length, 0);
  server.put(SERVICES, service("b"));
  await server.listen(port);
  assert.deepEqual(namesIn(await next()), ["Service a", "Service b"]);
  await until(() => source.problems.length === 0);
  assert.ok(told.length > 0);
});

test("a watch that the server has forgotten is listed anew", async (t) => {
  const { server, begin } = await makeSource(t);
  server.put(SERVICES, service("a"));
  const { started, next } = begin();
  await started;
  await until(() => server.watching.includes("/api/v1/services"));
  server.breakWatches();
  server.remove(`${SERVICES}/a`);
  server.put(SERVICES, service("b"));
  server.expireWatches();
  assert.deepEqual(namesIn(await next()), ["Service b"]);
});

async function makeSource(t: TestContext, log: Log = silentLog) {
  const server = await new ApiServerFixture().listen();
  const api = server.client();
  const begin = () => {
    const sets: ClusterSet[] = [];
    const arrived = new EventTarget();
    const options = { api, clock: systemClock, random: () => 0, log, kinds: KINDS };
    const source = new ClusterSource(options, (set) => {
      sets.push(set);
      arrived.dispatchEvent(new Event("set"));
    });
    t.after(() => source.stop());
    const next = async () => {
      if (sets.length === 0) await once(arrived, "set", { signal: AbortSignal.timeout(20_000) });
      return sets.shift()!;
    };
    return { source, sets, next, started: source.start() };
  };
  t.after(async () => {
    api.close();
    await server.close();
  });
  return { server, begin };
}

async function until(isSo: () => boolean): Promise<void> {
  const endMs = performance.now() + 20_000;
  while (!isSo()) {
    assert.ok(performance.now() < endMs, "it never is so");
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

function namesIn({ documents }: ClusterSet): string[] {
  return documents.map(({ kind, name }) => `${kind} ${name}`).sort();
}

function pod(name: string) {
  return { metadata: { name }, spec: { containers: [] }, status: { phase: "Running" } };
}

function service(name: string) {
  return { metadata: { name }, spec: { selector: { app: name }, ports: [{ port: 80 }] } };
}

function route(name: string) {
  return { metadata: { name }, spec: { parentRefs: [], rules: [] }, status: { parents: [] } };
}

function definition(version: string) {
  return {
    metadata: { name: "httproutes" },
    spec: {
      group: "gateway.networking.k8s.io",
      names: { kind: "HTTPRoute", plural: "httproutes" },
      versions: [
        { name: "v1", served: false },
        { name: version, served: true },
      ],
    },
    status: { conditions: [{ type: "Established", status: "True" }] },
  };
}
