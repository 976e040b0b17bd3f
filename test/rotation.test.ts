// Certificates that live for seconds: every workload gets several during a load, and no request
// notices.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { setTimeout as wait } from "node:timers/promises";
import { eventually } from "#local/testing/eventually.ts";
import { documentOf, echoService, echoWorkload } from "./support/echo-documents.ts";
import { dependencyUrl } from "./support/mesh-processes.ts";
import { RunningMesh } from "./support/running-mesh.ts";
import { SteadyLoad } from "./support/steady-load.ts";
import { probeTls } from "./support/tls-probe.ts";
import { credentialsOf, meshPortOf } from "./support/workload-credentials.ts";

const LIFE_S = process.env["WEFT_TEST"] === "all" ? 20 : 10;
const LOAD_MS = LIFE_S * 1_000 * 2.2;
const LOOK_MS = 200;
const WORKLOADS = ["shop/caller", "shop/front", "shop/echo"];

let mesh: RunningMesh;

before(async () => {
  mesh = await RunningMesh.start({
    documents: {
      "config.yaml": documentOf("weft.dev/v1alpha1", "MeshConfig", {
        metadata: { name: "mesh" },
        spec: { certificates: { lifetime: `${LIFE_S}s` } },
      }),
      "mesh.yaml":
        echoWorkload({ name: "caller", isServed: false, dependencies: ["front"] }) +
        echoWorkload({ name: "front", dependencies: ["echo"] }) +
        echoService("front") +
        echoWorkload({ name: "echo" }) +
        echoService("echo"),
    },
  });
});

after(() => mesh.stop());

test("every leaf is rotated under load, and no request fails", async (t) => {
  const url = dependencyUrl(mesh, "shop/caller", "front");
  const direct = SteadyLoad.start(t, { url });
  const chained = SteadyLoad.start(t, { url, path: "/ask/ECHO/", ratePerSecond: 50 });
  await eventually("the load flows", () => direct.openPorts.length >= 16);
  const ports = direct.openPorts;
  const serials = new Map(WORKLOADS.map((name) => [name, new Set<string>()]));
  const endMs = performance.now() + LOAD_MS;
  while (performance.now() < endMs) {
    for (const [name, seen] of serials) seen.add(credentialsOf(mesh, name).serial);
    await wait(LOOK_MS);
  }
  for (const [name, { size }] of serials) {
    t.diagnostic(`${name}: ${size} certificates`);
    assert.ok(size >= 3, `${name} had ${size} certificates`);
  }
  assert.deepEqual(
    ports.filter((port) => !direct.openPorts.includes(port)),
    [],
    "connections were closed",
  );
  await direct.stopWithoutLoss();
  await chained.stopWithoutLoss();
});

test("new connections are shown the certificate of today, under the same identity", async () => {
  const { keyPem, certificatePem } = credentialsOf(mesh, "shop/caller");
  const shown = { keyPem, certificatePem };
  const probed = await probeTls(await meshPortOf(mesh, "shop/echo"), shown);
  assert.equal(probed.peerNames, "URI:spiffe://mesh.local/ns/shop/sa/echo");
  assert.ok(probed.received > 0, "let in");
});
