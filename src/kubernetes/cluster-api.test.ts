import assert from "node:assert/strict";
import { once } from "node:events";
import { type TestContext, test } from "node:test";
import { FakeClock } from "#base/fake-clock.ts";
import { LIMITS } from "#base/limits.ts";
import { ApiServerFixture } from "./api-server-fixture.ts";
import { ClusterApi } from "./cluster-api.ts";
import type { WatchEvent } from "./watch-event.ts";

const PODS = "/api/v1/namespaces/shop/pods";

test("an answer has a status, a body and, where it fails, the server's reason", async (t) => {
  const { server, api } = await makeServer(t);
  server.put(PODS, pod("web"));
  const found = await api.request("GET", `${PODS}/web`);
  assert.equal(found.status, 200);
  assert.equal((found.body as { metadata: { name: string } }).metadata.name, "web");
  assert.equal(found.reason, "");
  const missing = await api.request("GET", `${PODS}/none`);
  assert.deepEqual([missing.status, missing.reason], [404, `${PODS}/none not found (404)`]);
  assert.equal(server.requests[0]!.authorization, "Bearer secret");
});

test("a body goes as JSON, a patch under its own content type", async (t) => {
  const { server, api } = await makeServer(t);
  const made = await api.request("POST", PODS, pod("web"));
  assert.equal(made.status, 201);
  const patch = { metadata: { labels: { app: "web" } } };
  await api.request("PATCH", `${PODS}/web`, patch, "application/merge-patch+json");
  assert.deepEqual(server.get(`${PODS}/web`)?.metadata.labels, { app: "web" });
});

test("a server that isn't there is status 0 with what was tried", async (t) => {
  const { server, api } = await makeServer(t);
  const { port } = server;
  await server.close();
  const { status, reason } = await api.request("GET", "/api/v1/nodes");
  assert.equal(status, 0);
  assert.match(
    reason,
    new RegExp(`^Cannot GET /api/v1/nodes at http://127.0.0.1:${port}: .+REFUSED`),
  );
});

test("a server that is too busy is asked again, as late as it says", async (t) => {
  const { server, api } = await makeServer(t);
  let refused = 0;
  server.intercept = (_, answer) => {
    if (refused === 2) return false;
    refused++;
    answer.writeHead(429, { "retry-after": "0" }).end();
    return true;
  };
  server.put(PODS, pod("web"));
  assert.equal((await api.request("GET", `${PODS}/web`)).status, 200);
  assert.equal(server.requests.length, 3);
});

test("credentials that no longer hold are asked for anew, once", async (t) => {
  const { server } = await makeServer(t);
  const client = server.client();
  t.after(() => client.close());
  const asked: boolean[] = [];
  const access = {
    ...client.access,
    credentials: async (wasRefused: boolean) => {
      asked.push(wasRefused);
      return { authorization: wasRefused ? "Bearer new" : "Bearer old" };
    },
  };
  server.intercept = ({ authorization }, answer) => {
    if (authorization === "Bearer new") return false;
    answer.writeHead(401).end();
    return true;
  };
  const api = new ClusterApi(access);
  t.after(() => api.close());
  assert.equal((await api.request("GET", "/api/v1/pods")).status, 200);
  assert.deepEqual(asked, [false, true]);
});

test("a list comes by pages, and anew where its pages went stale", async (t) => {
  const { server, api } = await makeServer(t);
  const count = LIMITS.apiPageObjects * 2 + 1;
  for (let i = 0; i < count; i++) server.put(PODS, pod(`p${i}`));
  let isStale = true;
  server.intercept = ({ url }, answer) => {
    if (!isStale || !url.includes("continue=")) return false;
    isStale = false;
    answer.writeHead(410, { "content-type": "application/json" }).end('{"message":"expired"}');
    return true;
  };
  const listing = await api.list("/api/v1/pods");
  assert.equal(listing.kind, "listed");
  const names = new Set(listing.kind === "listed" ? listing.items.map((x) => x.metadata.name) : []);
  assert.equal(names.size, count);
  assert.equal(server.requests.length, 5);
});

test("a watch tells what happens after a version, and resumes where it was cut", async (t) => {
  const { server, api } = await makeServer(t);
  const { version } = server;
  server.put(PODS, pod("a"));
  const seen: string[] = [];
  const take = (event: WatchEvent) => {
    seen.push(`${event.type} ${event.object.metadata.name}`);
    arrived.dispatchEvent(new Event("event"));
  };
  const arrived = new EventTarget();
  const { signal } = new AbortController();
  const watch = api.watch("/api/v1/pods", String(version), take, signal);
  await once(arrived, "event");
  server.put(PODS, pod("b"));
  await once(arrived, "event");
  server.breakWatches();
  const end = await watch;
  assert.deepEqual(end, { kind: "ended", resourceVersion: String(server.version) });
  server.remove(`${PODS}/a`);
  const again = api.watch("/api/v1/pods", String(server.version - 1), take, signal);
  await once(arrived, "event");
  server.expireWatches();
  assert.deepEqual(await again, { kind: "expired" });
  assert.deepEqual(seen, ["ADDED a", "ADDED b", "DELETED a"]);
  const late = await api.watch("/api/v1/pods", "1", take, signal);
  assert.deepEqual(late, { kind: "expired" });
});

test("a watch that is never answered is given up", async (t) => {
  const { server, api: other } = await makeServer(t);
  server.intercept = () => true;
  const clock = new FakeClock();
  const files = { read: () => undefined };
  const api = new ClusterApi(other.access, { files, environment: {}, clock, random: () => 0 });
  t.after(() => api.close());
  const watch = api.watch("/api/v1/pods", "1", () => {}, new AbortController().signal);
  while (server.requests.length === 0) await new Promise(setImmediate);
  clock.advance(LIMITS.apiRequestTimeoutMs);
  const end = await watch;
  assert.deepEqual([end.kind, end.kind === "failed" && end.status], ["failed", 0]);
  assert.equal(clock.timersPending, 0);
});

test("a watch that is refused, but never to the end, is given up", async (t) => {
  const { server, api: other } = await makeServer(t);
  server.intercept = (_, answer) => {
    answer.writeHead(403, { "content-length": "100" }).write("{");
    return true;
  };
  const clock = new FakeClock();
  const files = { read: () => undefined };
  const api = new ClusterApi(other.access, { files, environment: {}, clock, random: () => 0 });
  t.after(() => api.close());
  const watch = api.watch("/api/v1/pods", "1", () => {}, new AbortController().signal);
  while (server.requests.length === 0) await new Promise(setImmediate);
  // The head has come by then.
  await new Promise((resolve) => setTimeout(resolve, 50));
  clock.advance(LIMITS.apiRequestTimeoutMs);
  assert.equal((await watch).kind, "failed");
});

test("a bookmark moves the place to resume from", async (t) => {
  const { server, api } = await makeServer(t);
  const { signal } = new AbortController();
  const types: string[] = [];
  const watch = api.watch("/api/v1/pods", "5", ({ type }) => types.push(type), signal);
  while (server.watching.length === 0) await new Promise(setImmediate);
  server.bookmark();
  while (types.length === 0) await new Promise(setImmediate);
  server.breakWatches();
  assert.deepEqual(await watch, { kind: "ended", resourceVersion: String(server.version) });
  assert.deepEqual(types, ["BOOKMARK"]);
});

test("who stops watching closes the watch", async (t) => {
  const { server, api } = await makeServer(t);
  const stopping = new AbortController();
  const watch = api.watch("/api/v1/pods", "1", () => {}, stopping.signal);
  while (server.watching.length === 0) await new Promise(setImmediate);
  stopping.abort();
  await watch;
  while (server.watching.length > 0) await new Promise(setImmediate);
});

function pod(name: string) {
  return { apiVersion: "v1", kind: "Pod", metadata: { name } };
}

async function makeServer(t: TestContext) {
  const server = await new ApiServerFixture().listen();
  const api = server.client();
  t.after(async () => {
    api.close();
    await server.close();
  });
  return { server, api };
}
