// Limits that a document sets for a gateway.

import assert from "node:assert/strict";
import { test } from "node:test";
import { eventually } from "#local/testing/eventually.ts";
import { gatewayMesh, HOSTS, KeyFolder, listenerPlan } from "./support/gateway-mesh.ts";
import { rawHttp1 } from "./support/raw-http1.ts";

const HOST = "web.example";

test("a document may allow so many headers with underscores, and take that back", async (t) => {
  const listener = listenerPlan("plain", { protocol: "http", hosts: HOSTS });
  const keys = await KeyFolder.make(t);
  const { mesh } = await gatewayMesh(t, { settings: keys.settings([listener]) });
  const ask = async (count: number) => {
    const names = Array.from({ length: count }, (_, i) => `x_old_${i}: 1\r\n`).join("");
    const head = `GET / HTTP/1.1\r\nhost: ${HOST}\r\n${names}connection: close\r\n\r\n`;
    return rawHttp1(listener, head);
  };
  assert.deepEqual((await ask(1)).statuses, [400]);
  mesh.write("mesh-config.yaml", meshConfig(2));
  await eventually("two are let through", async () => (await ask(2)).statuses[0] === 200);
  assert.match((await ask(2)).text, /"x_old_1":"1"/, "they reach the workload as they are");
  const refused = await ask(3);
  assert.deepEqual(refused.statuses, [400]);
  assert.match(refused.text, /weft-cause: malformed-request\r\n/);
  mesh.write("mesh-config.yaml", meshConfig(0));
  await eventually("none is", async () => (await ask(1)).statuses[0] === 400);
});

function meshConfig(underscoredNamesMax: number): string {
  const spec = { trustDomain: "mesh.local", limits: { underscoredNamesMax } };
  const metadata = { name: "mesh", namespace: "weft" };
  return JSON.stringify({ apiVersion: "weft.dev/v1alpha1", kind: "MeshConfig", metadata, spec });
}
