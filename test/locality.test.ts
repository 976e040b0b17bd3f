// Who is near its caller is preferred, as documents say, with real processes: counted by who
// answers.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { eventually } from "#local/testing/eventually.ts";
import { documentOf, echoService, echoWorkload } from "./support/echo-documents.ts";
import { dependencyUrl, meshProcesses } from "./support/mesh-processes.ts";
import { Requester } from "./support/requester.ts";
import { RunningMesh } from "./support/running-mesh.ts";

const IN_A_ROW = 30;
const DETECTION = { consecutive5xxErrors: 2, baseEjectionTime: "3s", maxEjectionPercent: 100 };
// By version, "region.zone".
const PLACES = { v1: "eu.a", v2: "eu.b", v3: "us.c" } as const;

const requester = new Requester(1);
let mesh: RunningMesh;
let url: string;

before(async () => {
  mesh = await RunningMesh.start({
    documents: {
      "echoes.yaml": Object.entries(PLACES).map(echo).join(""),
      "caller.yaml": callerIn("eu.a"),
      "service.yaml": echoService("echo"),
      "policy.yaml": policy({ outlierDetection: DETECTION }),
    },
  });
  url = dependencyUrl(mesh, "shop/caller", "echo");
});

after(async () => {
  requester.close();
  await mesh.stop();
});

test("with outlier detection all requests stay in the caller's zone, by Istio's default", async () => {
  await untilOnly("v1");
  const { out } = await mesh.weft("explain", "--from", "caller", "--to", "echo:80");
  assert.match(
    out,
    /near ones first: shop\/echo-v1; then, .* shop\/echo-v2; then, .* shop\/echo-v3/,
  );
});

test("a near endpoint that fails gives way to the next nearest, and has everything again later", async () => {
  for (let i = 0; i < 2; i++) await requester.ask(`${url}/?status=503&version=v1`);
  assert.deepEqual(await versions(IN_A_ROW), { v2: IN_A_ROW });
  await untilOnly("v1");
});

test("a near workload that goes is followed by the next nearest, and comes back", async () => {
  const [v1, ...others] = Object.entries(PLACES);
  mesh.write("echoes.yaml", others.map(echo).join(""));
  // What its application was answering when it was ended is lost.
  await untilOnly("v2", { toleratesLoss: true });
  mesh.write("echoes.yaml", [v1!, ...others].map(echo).join(""));
  await untilOnly("v1");
});

test("a failover to another region passes over the others", async () => {
  const failover = [{ from: "eu", to: "us" }];
  const localityLbSetting = { failover };
  mesh.write(
    "policy.yaml",
    policy({ loadBalancer: { localityLbSetting }, outlierDetection: DETECTION }),
  );
  mesh.write("caller.yaml", callerIn("eu.x"));
  // Who failed when it was ended is ejected for 3 s, and 6 s the second time.
  const bothZones = async () =>
    Object.keys(await versions(IN_A_ROW))
      .sort()
      .join() === "v1,v2";
  await eventually("both zones of its region", bothZones, 15_000);
});

test("a caller that moves prefers others, and keeps its process", async () => {
  const before = meshProcesses(mesh);
  mesh.write("caller.yaml", callerIn("us.c"));
  await untilOnly("v3");
  assert.deepEqual(meshProcesses(mesh), before);
  mesh.write("caller.yaml", callerIn("eu.a"));
  await untilOnly("v1");
});

test("shares are given to places, and none to those that aren't named", async () => {
  const distribute = [{ from: "eu/a", to: { "eu/a": 70, "eu/b": 30 } }];
  mesh.write("policy.yaml", policy({ loadBalancer: { localityLbSetting: { distribute } } }));
  await eventually("the second gets some", async () => "v2" in (await versions(IN_A_ROW)));
  const found = await versions(1_000);
  // 700 of 1,000, within four sigma.
  assert.ok(found["v1"]! > 642 && found["v1"]! < 758, JSON.stringify(found));
  assert.equal(found["v3"], undefined);
});

test("without outlier detection endpoints are asked wherever they are", async () => {
  mesh.write("policy.yaml", policy({ connectionPool: {} }));
  await eventually("all of them", async () => Object.keys(await versions(IN_A_ROW)).length === 3);
});

test("PreferSameZone needs no outlier detection", async () => {
  mesh.write("service.yaml", service({ trafficDistribution: "PreferSameZone" }));
  await untilOnly("v1");
});

test("with internalTrafficPolicy Local only the caller's own node answers, or nobody", async () => {
  mesh.write("service.yaml", service({ internalTrafficPolicy: "Local" }));
  mesh.write("caller.yaml", callerIn("eu.a", { "kubernetes.io/hostname": "node-v3" }));
  await untilOnly("v3");
  mesh.write("caller.yaml", callerIn("eu.a", { "kubernetes.io/hostname": "node-x" }));
  await eventually("nobody answers", async () => {
    const { status, headers } = await requester.ask(`${url}/`);
    return status === 503 && /^no-endpoint/.test(String(headers["weft-cause"]));
  });
});

function echo([version, place]: readonly [string, string]): string {
  const labels = { "istio-locality": place, "kubernetes.io/hostname": `node-${version}` };
  return echoWorkload({ name: `echo-${version}`, app: "echo", version, labels });
}

function callerIn(place: string, others: Readonly<Record<string, string>> = {}): string {
  const labels = { "istio-locality": place, ...others };
  return echoWorkload({ name: "caller", isServed: false, dependencies: ["echo"], labels });
}

function service(spec: object): string {
  return echoService("echo").replace('"spec": {', `"spec": {${JSON.stringify(spec).slice(1, -1)},`);
}

function policy(trafficPolicy: object): string {
  const metadata = { name: "echo", namespace: "shop" };
  const spec = { host: "echo", trafficPolicy };
  return documentOf("networking.istio.io/v1", "DestinationRule", { metadata, spec });
}

async function untilOnly(version: string, { toleratesLoss = false } = {}): Promise<void> {
  const nothing = (error: Error): Record<string, number> => {
    if (toleratesLoss) return {};
    throw error;
  };
  await eventually(`only ${version} answers`, async () => {
    const found = await versions(IN_A_ROW).catch(nothing);
    return found[version] === IN_A_ROW;
  });
}

// How many answers each gave.
async function versions(times: number): Promise<Record<string, number>> {
  const found: Record<string, number> = Object.create(null);
  for (let i = 0; i < times; i++) {
    const { version } = await requester.askJson(`${url}/`);
    found[version] = (found[version] ?? 0) + 1;
  }
  return { ...found };
}
