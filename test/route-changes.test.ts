// Routes change a hundred times in a row, of each dialect, while requests and WebSockets go on: no
// request is lost, no connection and no WebSocket is closed.

import assert from "node:assert/strict";
import { once } from "node:events";
import { join } from "node:path";
import { after, before, type TestContext, test } from "node:test";
import { WebSocket } from "ws";
import { eventually } from "#local/testing/eventually.ts";
import { documentOf, echoService, echoWorkload } from "./support/echo-documents.ts";
import { dependencyUrl, meshProcesses } from "./support/mesh-processes.ts";
import { Requester } from "./support/requester.ts";
import { RunningMesh } from "./support/running-mesh.ts";
import { SteadyLoad } from "./support/steady-load.ts";

const CHANGES = 100;
const SOCKETS = 4; // for each service
const TALK_EVERY_MS = 20;
const COMMAND = ["node", join(import.meta.dirname, "support/websocket-app.mjs")];
const VERSIONS = ["v1", "v2"] as const;

const requester = new Requester(1);
let mesh: RunningMesh;

before(async () => {
  mesh = await RunningMesh.start({
    documents: {
      "workloads.yaml":
        echoWorkload({ name: "caller", isServed: false, dependencies: ["gamma", "istio"] }) +
        VERSIONS.map((version) =>
          echoWorkload({ name: `echo-${version}`, app: "echo", version, command: COMMAND }),
        ).join("") +
        ["gamma", "istio"].map((name) => echoService(name, { app: "echo" })).join("") +
        VERSIONS.map((version) => echoService(`gamma-${version}`, { app: "echo", version })).join(
          "",
        ),
      "gamma.yaml": httpRoute(0),
      "istio.yaml": virtualService(0),
    },
  });
});

after(async () => {
  requester.close();
  await mesh.stop();
});

test("a hundred changes of routes in a row lose no request and close no WebSocket", async (t) => {
  const urls = ["gamma", "istio"].map((name) => dependencyUrl(mesh, "shop/caller", name));
  const processes = meshProcesses(mesh);
  const loads = urls.map((url) => SteadyLoad.start(t, { url }));
  const talks = await Promise.all(
    urls.flatMap((url) => Array.from({ length: SOCKETS }, () => Talk.start(t, url))),
  );
  await eventually("the load flows", () => loads.every(({ openPorts }) => openPorts.length >= 8));
  const ports = loads.map(({ openPorts }) => openPorts);
  for (let change = 1; change <= CHANGES; change++) {
    const isGamma = change % 2 === 0;
    mesh.write(
      isGamma ? "gamma.yaml" : "istio.yaml",
      isGamma ? httpRoute(change) : virtualService(change),
    );
    await untilInForce(urls[isGamma ? 0 : 1]!, change);
  }
  const later = loads.map(({ openPorts }) => openPorts);
  for (const load of loads) {
    const { answers } = await load.stopWithoutLoss();
    assert.ok(answers > 10 * CHANGES, `${answers} answers`);
  }
  for (const [i, own] of ports.entries()) {
    const closed = own.filter((port) => !later[i]!.includes(port));
    assert.deepEqual(closed, [], "connections were closed");
  }
  for (const talk of talks) {
    assert.equal(talk.closed, "");
    assert.ok(talk.echoes > CHANGES, `${talk.echoes} echoes`);
  }
  assert.deepEqual(meshProcesses(mesh), processes);
});

// A WebSocket on which a message goes out whenever the last one has come back.
class Talk {
  closed = "";
  echoes = 0;
  readonly #socket: WebSocket;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.on("error", (error) => this.#end(error.message));
    socket.on("close", (code) => this.#end(`closed with ${code}`));
    socket.on("message", (data) => {
      if (String(data) !== `message ${this.echoes}`) this.#end(`"${data}" came back`);
      this.echoes++;
      setTimeout(() => this.#say(), TALK_EVERY_MS);
    });
  }

  static async start(t: TestContext, url: string): Promise<Talk> {
    const socket = new WebSocket(`${url.replace("http:", "ws:")}/talk`, [], {});
    t.after(() => socket.terminate());
    await once(socket, "open");
    const talk = new Talk(socket);
    talk.#say();
    return talk;
  }

  #say(): void {
    if (this.closed === "") this.#socket.send(`message ${this.echoes}`);
  }

  #end(why: string): void {
    if (this.closed === "") this.closed = why;
  }
}

// Every rule of every change marks its answers.
async function untilInForce(url: string, change: number): Promise<void> {
  await eventually(`change ${change} is in force`, async () => {
    const { status, headers } = await requester.ask(`${url}/`);
    assert.equal(status, 200);
    return headers["x-change"] === String(change);
  });
}

// Weights, matches, rewrites and times come and go.
function httpRoute(change: number): string {
  const mark = {
    type: "ResponseHeaderModifier",
    responseHeaderModifier: { set: [{ name: "x-change", value: String(change) }] },
  };
  const rewrite = {
    type: "URLRewrite",
    urlRewrite: { path: { type: "ReplacePrefixMatch", replacePrefixMatch: `/to-${change}` } },
  };
  const backendRefs = [
    { name: "gamma-v1", port: 80, weight: change % 3 },
    { name: "gamma-v2", port: 80, weight: 1 },
  ];
  const rules = Array.from({ length: 1 + (change % 5) }, (_, i) => ({
    matches: [{ path: { type: "PathPrefix", value: i === change % 5 ? "/" : `/other-${i}` } }],
    filters: change % 4 === 0 ? [mark, rewrite] : [mark],
    backendRefs,
    ...(change % 3 === 0 ? { timeouts: { request: "30s" } } : {}),
  }));
  return documentOf("gateway.networking.k8s.io/v1", "HTTPRoute", {
    metadata: { name: "gamma", namespace: "shop" },
    spec: { parentRefs: [{ group: "", kind: "Service", name: "gamma", port: 80 }], rules },
  });
}

// And subsets, policies and retries.
function virtualService(change: number): string {
  const metadata = { name: "istio", namespace: "shop" };
  const route = (subset: string, weight: number) => {
    return { destination: { host: "istio", subset }, weight };
  };
  const set = { "x-change": String(change) };
  const rule = {
    route: [route("v1", 50 + (change % 50)), route("v2", 50 - (change % 50))],
    headers: { response: { set } },
    ...(change % 4 === 1 ? { retries: { attempts: 2, perTryTimeout: "20s" } } : {}),
    ...(change % 4 === 3 ? { timeout: "30s" } : {}),
  };
  const simple = ["ROUND_ROBIN", "RANDOM", "LEAST_REQUEST"][change % 3];
  const trafficPolicy = {
    loadBalancer: change % 5 === 0 ? { consistentHash: { useSourceIp: true } } : { simple },
    ...(change % 7 === 0 ? { connectionPool: { http: { http2MaxRequests: 10_000 } } } : {}),
  };
  const subsets = VERSIONS.map((version) => ({ name: version, labels: { version } }));
  return (
    documentOf("networking.istio.io/v1", "DestinationRule", {
      metadata,
      spec: { host: "istio", subsets, trafficPolicy },
    }) +
    documentOf("networking.istio.io/v1", "VirtualService", {
      metadata,
      spec: { hosts: ["istio"], http: [rule] },
    })
  );
}
