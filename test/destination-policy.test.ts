// How a destination wants to be called, with a real small mesh, counted where the requests arrive.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { eventually } from "#local/testing/eventually.ts";
import { documentOf, echoService, echoWorkload } from "./support/echo-documents.ts";
import { application, type RunningProxy, type SmallMesh, smallMesh } from "./support/small-mesh.ts";

const NAMES = ["one", "two", "three"] as const;

// What each endpoint does, and how often it was asked.
const statuses = new Map<string, number>();
const counts = new Map<string, number>();
let delayMs = 0;
let mesh: SmallMesh;
let caller: RunningProxy;
const closing: (() => void)[] = [];

before(async () => {
  const workloads = NAMES.map((name) => {
    const text = echoWorkload({ name, app: "reviews", version: name, command: ["true"] });
    return text.replace('"name": "http",', '"name": "http", "port": 9000,');
  });
  mesh = await smallMesh({
    "mesh.yaml":
      echoService("reviews") +
      workloads.join("") +
      echoWorkload({ name: "caller", isServed: false, command: ["true"] }),
  });
  for (const name of NAMES) {
    const { port, close } = await application((_, response) => {
      counts.set(name, (counts.get(name) ?? 0) + 1);
      response.statusCode = statuses.get(name) ?? 200;
      response.setHeader("x-name", name);
      setTimeout(() => response.end(name), delayMs);
    });
    closing.push(close);
    await mesh.proxy(name, { application: { declared: 9000, port } });
  }
  caller = await mesh.proxy("caller");
  await allAnswer();
});

after(async () => {
  await mesh.close();
  for (const close of closing) close();
});

test("round robin goes from one to the next", async () => {
  await policy({ loadBalancer: { simple: "ROUND_ROBIN" } });
  await ask(30);
  assert.deepEqual(
    NAMES.map((name) => counts.get(name)),
    [10, 10, 10],
  );
});

test("requests with the same header go to one endpoint, others elsewhere", async () => {
  await policy({ loadBalancer: { consistentHash: { httpHeaderName: "x-user" } } });
  const seen = new Set<string>();
  for (let user = 0; user < 12; user++) {
    const answers = await ask(4, { "x-user": `user-${user}` });
    const names = new Set(answers.map((answer) => answer.headers.get("x-name")!));
    assert.equal(names.size, 1);
    for (const name of names) seen.add(name);
  }
  assert.ok(seen.size > 1);
});

test("a cookie that is missing is set, and leads to the same endpoint", async () => {
  const httpCookie = { name: "user", path: "/", ttl: "60s" };
  const loadBalancer = { consistentHash: { httpCookie, maglev: { tableSize: 1009 } } };
  await policy({ loadBalancer });
  for (let i = 0; i < 5; i++) await staysWithCookie();
});

test("an endpoint that fails time after time gets nothing for a while, then is asked again", async () => {
  await policy({
    loadBalancer: { simple: "ROUND_ROBIN" },
    outlierDetection: { consecutiveErrors: 5, interval: "1s", baseEjectionTime: "2s" },
  });
  statuses.set("two", 503);
  await ask(30);
  assert.equal(counts.get("two"), 5, "it was asked no more after five failures");
  const metrics = await metricsOf(caller);
  assert.match(metrics, /weft_endpoint_ejections_total\{[^}]*"reviews"[^}]*\} 1\n/);
  assert.match(metrics, /weft_endpoints_ejected\{[^}]*"reviews"[^}]*\} 1\n/);
  statuses.clear();
  await eventually("it is asked again", async () => {
    await ask(3);
    return counts.get("two")! > 5;
  });
  assert.match(await metricsOf(caller), /weft_endpoints_ejected\{[^}]*\} 0\n/);
});

test("with all endpoints failing, some are still asked", async () => {
  await policy({ outlierDetection: { consecutive5xxErrors: 2, maxEjectionPercent: 100 } });
  for (const name of NAMES) statuses.set(name, 500);
  await ask(30);
  counts.clear();
  const answers = await ask(10);
  assert.ok(answers.every(({ status }) => status === 500));
  assert.equal(
    [...counts.values()].reduce((sum, count) => sum + count, 0),
    10,
  );
  statuses.clear();
});

test("what is over the limit of requests is refused at once, and never asked for", async () => {
  const tcp = { maxConnections: 2 };
  const http = { http1MaxPendingRequests: 1, maxRequestsPerConnection: 2 };
  await policy({ connectionPool: { tcp, http } });
  delayMs = 300;
  const answers = await Promise.all(Array.from({ length: 10 }, () => askOnce({})));
  delayMs = 0;
  const causes = answers.map(({ status, headers }) => `${status} ${headers.get("weft-cause")}`);
  assert.equal(causes.filter((cause) => cause === "200 null").length, 3);
  assert.equal(causes.filter((cause) => cause.startsWith("503 overflow")).length, 7);
  const asked = [...counts.values()].reduce((sum, count) => sum + count, 0);
  assert.equal(asked, 3);
  // A connection carries two requests, and another one follows.
  const later = await ask(20);
  assert.ok(later.every(({ status }) => status === 200));
});

test("a session stays with its endpoint, and finds another when that has gone", async () => {
  await policy({});
  const backendRefs = [{ name: "reviews", port: 80 }];
  const rules = [{ sessionPersistence: { sessionName: "cart" }, backendRefs }];
  const parentRefs = [{ group: "", kind: "Service", name: "reviews" }];
  const metadata = { name: "reviews", namespace: "shop" };
  const spec = { parentRefs, rules };
  write("route.yaml", "gateway.networking.k8s.io/v1", "HTTPRoute", { metadata, spec });
  await eventually("answers carry the cookie", async () => {
    return (await askOnce({})).headers.has("set-cookie");
  });
  for (let i = 0; i < 5; i++) await staysWithCookie();
  const made = await askOnce({ cookie: "cart=0123456789abcdef" });
  assert.equal(made.status, 200);
  assert.match(made.headers.get("set-cookie")!, /^cart=[0-9a-f]{16}; Path=\/; HttpOnly$/);
});

async function staysWithCookie(): Promise<void> {
  const first = await askOnce({});
  const cookie = first.headers.get("set-cookie")!.split(";")[0]!;
  for (const answer of await ask(8, { cookie })) {
    assert.equal(answer.headers.get("x-name"), first.headers.get("x-name"));
    assert.equal(answer.headers.get("set-cookie"), null);
  }
}

// Installs it, and waits until the caller's proxy has it.
async function policy(trafficPolicy: object): Promise<void> {
  const metadata = { name: "reviews", namespace: "shop" };
  const spec = { host: "reviews", trafficPolicy };
  const { revision } = mesh.control.snapshot;
  write("rule.yaml", "networking.istio.io/v1", "DestinationRule", { metadata, spec });
  await eventually("there is a new revision", () => mesh.control.snapshot.revision > revision);
  await eventually("the proxy has it", () => {
    const row = mesh.control.workloads.find(({ name }) => name === "caller");
    return row?.revision === mesh.control.snapshot.revision;
  });
  await allAnswer();
  counts.clear();
}

function write(file: string, apiVersion: string, kind: string, rest: object): void {
  mesh.write(file, documentOf(apiVersion, kind, rest));
}

async function allAnswer(): Promise<void> {
  await eventually("all are ready", async () => {
    const answers = await ask(12);
    return answers.every(({ status }) => status === 200);
  });
}

async function ask(times: number, headers: Record<string, string> = {}): Promise<Response[]> {
  const answers: Response[] = [];
  for (let i = 0; i < times; i++) answers.push(await askOnce(headers));
  return answers;
}

async function askOnce(headers: Record<string, string>): Promise<Response> {
  const answer = await fetch(`${caller.url("reviews:80")}/`, { headers });
  await answer.arrayBuffer();
  return answer;
}

async function metricsOf({ settings }: RunningProxy): Promise<string> {
  const { address, port } = settings.metrics;
  return (await fetch(`http://${address}:${port}/metrics`)).text();
}
