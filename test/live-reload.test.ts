// Documents are edited while traffic flows: each save takes effect within a second, nothing is
// lost, and no connection is closed.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { setTimeout as wait } from "node:timers/promises";
import { ADMIN_PATHS } from "#api/admin-paths.ts";
import type { ExplainRequest, Explanation } from "#api/explanation.ts";
import type { Diagnostic } from "#ir/diagnostic.ts";
import { eventually } from "#local/testing/eventually.ts";
import { documentOf, echoService, echoWorkload } from "./support/echo-documents.ts";
import { assertSplit } from "./support/measure-split.ts";
import { dependencyUrl, meshProcesses } from "./support/mesh-processes.ts";
import { Requester } from "./support/requester.ts";
import { RunningMesh } from "./support/running-mesh.ts";
import { SteadyLoad } from "./support/steady-load.ts";

// Of most edits: a machine that does other things, too, may steal a second from one of them.
const EFFECT_WITHIN_MS = 1_000;
// Answers by one version that don't come by chance.
const IN_A_ROW = 20;

const requester = new Requester(1);
let mesh: RunningMesh;
let gammaUrl: string; // routed by an HTTPRoute
let istioUrl: string; // routed by a VirtualService

before(async () => {
  mesh = await RunningMesh.start({
    documents: {
      "workloads.yaml":
        echoWorkload({ name: "caller", isServed: false, dependencies: ["gamma", "istio"] }) +
        echoWorkload({ name: "echo-v1", app: "echo", version: "v1" }) +
        echoWorkload({ name: "echo-v2", app: "echo", version: "v2" }) +
        ["gamma", "istio"].map((name) => echoService(name, { app: "echo" })).join("") +
        ["v1", "v2"]
          .map((version) => echoService(`gamma-${version}`, { app: "echo", version }))
          .join(""),
      "http-route.yaml": httpRoute(100, 0),
      "virtual-service.yaml": virtualService(100, 0),
    },
  });
  gammaUrl = dependencyUrl(mesh, "shop/caller", "gamma");
  istioUrl = dependencyUrl(mesh, "shop/caller", "istio");
});

after(async () => {
  requester.close();
  await mesh.stop();
});

test("edited weights take effect within a second, without a lost request or connection", async (t) => {
  const loads = [gammaUrl, istioUrl].map((url) => SteadyLoad.start(t, { url }));
  const [load] = loads;
  await eventually("the load flows", () => load!.openPorts.length >= 16);
  const before = load!.openPorts;
  const effectsMs: number[] = [];
  for (const [first, second] of [
    [0, 100],
    [100, 0],
    [0, 1],
    [1, 0],
  ] as const) {
    const version = first > 0 ? "v1" : "v2";
    mesh.write("http-route.yaml", httpRoute(first, second));
    effectsMs.push(await untilAnsweredBy(gammaUrl, version));
    mesh.replace("virtual-service.yaml", virtualService(first, second));
    effectsMs.push(await untilAnsweredBy(istioUrl, version));
  }
  effectsMs.sort((a, b) => a - b);
  t.diagnostic(`effects after ${effectsMs.map((ms) => Math.round(ms)).join(", ")} ms`);
  assert.ok(effectsMs[effectsMs.length >> 1]! < EFFECT_WITHIN_MS);
  const after = load!.openPorts;
  const results = await Promise.all(loads.map((load) => load.stopWithoutLoss()));
  assert.deepEqual(
    before.filter((port) => !after.includes(port)),
    [],
    "connections were closed",
  );
  for (const { answers } of results) assert.ok(answers > 100, `${answers} answers`);
});

test("the new weights are those that requests follow", async () => {
  mesh.replace("http-route.yaml", httpRoute(30, 70));
  mesh.write("virtual-service.yaml", virtualService(80, 20));
  await untilExplained("gamma", 70);
  await untilExplained("istio", 20);
  const rest = { requests: 1_000, versionHeader: "x-version" };
  await assertSplit({ url: gammaUrl, ...rest }, { v1: 30, v2: 70 });
  await assertSplit({ url: istioUrl, ...rest }, { v1: 80, v2: 20 });
});

test("a file that isn't YAML is reported with its place, and the last good state goes on", async (t) => {
  mesh.write("http-route.yaml", httpRoute(0, 100));
  await untilAnsweredBy(gammaUrl, "v2");
  const load = SteadyLoad.start(t, { url: gammaUrl });
  mesh.write("http-route.yaml", `${httpRoute(100, 0)}metadata: { name: [broken\n`);
  const line = httpRoute(100, 0).split("\n").length;
  const found = await untilDiagnosed("http-route.yaml");
  assert.equal(found.severity, "error");
  // Where the bracket opens, or where the file ends without it.
  const at = found.position!.line;
  assert.ok(at >= line && at <= line + 1, `line ${at}, not ${line}`);
  assert.ok(found.remedy, "there is a remedy");
  await mesh.untilPrinted(/http-route\.yaml:\d+/);
  for (let i = 0; i < 50; i++) assert.equal(await versionAt(gammaUrl), "v2");
  mesh.write("http-route.yaml", httpRoute(100, 0));
  await untilAnsweredBy(gammaUrl, "v1");
  await load.stopWithoutLoss();
  await mesh.untilPrinted(/no diagnostics any more/);
  assert.deepEqual(await diagnostics(), []);
});

test("a wrong field is reported with its place, and the object's last good version goes on", async (t) => {
  mesh.write("virtual-service.yaml", virtualService(0, 100));
  await untilAnsweredBy(istioUrl, "v2");
  const load = SteadyLoad.start(t, { url: istioUrl });
  const wrong = virtualService(100, 0).replace('"weight": 100', '"weight": "most"');
  mesh.replace("virtual-service.yaml", wrong);
  const found = await untilDiagnosed("virtual-service.yaml");
  const line = wrong.split("\n").findIndex((text) => text.includes('"most"')) + 1;
  assert.equal(found.position?.line, line);
  assert.match(found.field ?? "", /weight/);
  assert.match(`${found.message} ${found.remedy}`, /"most".* must be /);
  for (let i = 0; i < 50; i++) assert.equal(await versionAt(istioUrl), "v2");
  mesh.replace("virtual-service.yaml", virtualService(100, 0));
  await untilAnsweredBy(istioUrl, "v1");
  await load.stopWithoutLoss();
});

test("a smaller limit bites on new connections, without a lost request or connection", async (t) => {
  const load = SteadyLoad.start(t, { url: gammaUrl, ratePerSecond: 50 });
  await eventually("the load flows", () => load.openPorts.length >= 8);
  const before = load.openPorts;
  const processes = meshProcesses(mesh);
  assert.equal(await statusOfLargeHead(), 200);
  mesh.write("mesh-config.yaml", meshConfig({ headBytesMax: "8Ki", requestTargetBytesMax: "4Ki" }));
  await eventually("it bites", async () => (await statusOfLargeHead()) === 431);
  // Requests that were asked while it changed are answered, and more come.
  await wait(1_000);
  const after = load.openPorts;
  const { answers } = await load.stopWithoutLoss();
  assert.ok(answers > 30, `${answers} answers`);
  assert.deepEqual(
    before.filter((port) => !after.includes(port)),
    [],
    "connections were closed",
  );
  mesh.write("mesh-config.yaml", meshConfig({}));
  await eventually("the default is back", async () => (await statusOfLargeHead()) === 200);
  assert.deepEqual(meshProcesses(mesh), processes);
});

test("editing routes restarts no process", async () => {
  const before = meshProcesses(mesh);
  mesh.write("http-route.yaml", httpRoute(0, 100));
  await untilAnsweredBy(gammaUrl, "v2");
  assert.deepEqual(meshProcesses(mesh), before);
});

// Returns how long it took until the first of them.
async function untilAnsweredBy(url: string, version: string): Promise<number> {
  const startMs = performance.now();
  let inARow = 0;
  let sinceMs = startMs;
  await eventually(`${version} answers`, async () => {
    inARow = (await versionAt(url)) === version ? inARow + 1 : 0;
    if (inARow === 1) sinceMs = performance.now();
    return inARow >= IN_A_ROW;
  });
  return sinceMs - startMs;
}

async function untilExplained(service: string, percent: number): Promise<void> {
  const body: ExplainRequest = { from: "shop/caller", to: `${service}:80` };
  const isThere = async () => {
    const explained = await mesh.ask<Explanation>(ADMIN_PATHS.explain, { body });
    return explained.kind === "explained" && explained.backends[1]?.percent === percent;
  };
  await eventually(`${percent} % for v2 of ${service}`, isThere);
  // From the control plane to the proxy.
  await wait(100);
}

async function versionAt(url: string): Promise<string> {
  return (await requester.askJson(`${url}/`)).version;
}

// On a connection of its own.
async function statusOfLargeHead(): Promise<number> {
  const own = new Requester(1);
  const { status } = await own.ask(`${gammaUrl}/`, { headers: { "x-large": "x".repeat(12_000) } });
  own.close();
  return status;
}

async function untilDiagnosed(file: string): Promise<Diagnostic> {
  let found: Diagnostic | undefined;
  await eventually(`${file} has a diagnostic`, async () => {
    found = (await diagnostics()).find(({ position }) => position?.file.endsWith(file));
    return found !== undefined;
  });
  return found!;
}

async function diagnostics(): Promise<readonly Diagnostic[]> {
  const { code, out, error } = await mesh.weft("get", "diagnostics", "-o", "json");
  assert.equal(code, 0, error);
  return JSON.parse(out);
}

function meshConfig(limits: object): string {
  const metadata = { name: "mesh" };
  return documentOf("weft.dev/v1alpha1", "MeshConfig", { metadata, spec: { limits } });
}

function httpRoute(first: number, second: number): string {
  return documentOf("gateway.networking.k8s.io/v1", "HTTPRoute", {
    metadata: { name: "gamma", namespace: "shop" },
    spec: {
      parentRefs: [{ group: "", kind: "Service", name: "gamma", port: 80 }],
      rules: [
        {
          backendRefs: [
            { name: "gamma-v1", port: 80, weight: first },
            { name: "gamma-v2", port: 80, weight: second },
          ],
        },
      ],
    },
  });
}

function virtualService(first: number, second: number): string {
  const metadata = { name: "istio", namespace: "shop" };
  const route = (subset: string, weight: number) => ({
    destination: { host: "istio", subset },
    weight,
  });
  const rule = documentOf("networking.istio.io/v1", "DestinationRule", {
    metadata,
    spec: {
      host: "istio",
      subsets: ["v1", "v2"].map((version) => ({ name: version, labels: { version } })),
    },
  });
  const service = documentOf("networking.istio.io/v1", "VirtualService", {
    metadata,
    spec: { hosts: ["istio"], http: [{ route: [route("v1", first), route("v2", second)] }] },
  });
  return rule + service;
}
