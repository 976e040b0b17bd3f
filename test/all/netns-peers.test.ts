// Whom a pod takes connections from, in network namespaces: who has a proxy, and who hasn't.

import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { eventually } from "#local/testing/eventually.ts";
import { type Pod, PodNode } from "../support/pod-node.ts";

const NODE = ["node_modules/.bin/node"];

test("a pod without a proxy is answered until mutual TLS is required, and told why not", async (t) => {
  const { node, caller, stranger, things } = await threePods(t);
  const [address] = things.addresses;
  const { out } = await stranger.curl(`http://${address}:8080/a`);
  assert.match(out, /open sesame/);
  assert.doesNotMatch(out, /x-forwarded-client-cert/);
  const greeted = () =>
    stranger
      .run(...NODE, "test/support/greeted.mjs", address!, "2525")
      .then(({ out: said }) => said);
  assert.equal(await greeted(), "220 welcome\r\n250 hello\r\n");

  node.write("peers.yaml", peers("STRICT"));
  await eventually("a refusal", async () => (await statusOf(stranger, address!)) === "403");
  const { out: refusal } = await stranger.curl("-i", `http://${address}:8080/a`);
  assert.match(refusal, /\r\nweft-cause: peer-unauthenticated\r\n/);
  assert.match(refusal, /PeerAuthentication STRICT/);
  assert.equal(await greeted(), "");
  // Who has one isn't concerned, nor is the pod itself.
  assert.match((await caller.curl("http://10.96.0.7/a")).out, /open sesame/);
  assert.match((await things.curl(`http://${address}:8080/a`)).out, /open sesame/);

  node.write("peers.yaml", `${peers("STRICT")}  portLevelMtls: { 8080: { mode: PERMISSIVE } }\n`);
  await eventually("one port is open", async () => (await statusOf(stranger, address!)) === "200");
  assert.equal(await greeted(), "");
});

test("a port that no document declares is reached where it listens for others only", async (t) => {
  const { stranger, things } = await threePods(t);
  const [address] = things.addresses;
  await things.startApplication("local-app.mjs", "127.0.0.1", "9229", "9230");
  assert.equal(await statusOf(stranger, address!, 9229), "503");
  await things.startApplication("local-app.mjs", "0.0.0.0", "7001", "7002");
  assert.equal(await statusOf(stranger, address!, 7001), "200");
  for (const port of [15_001, 15_006])
    assert.equal(await statusOf(stranger, address!, port), "000");
});

function statusOf(from: Pod, address: string, port = 8080): Promise<string> {
  const url = `http://${address}:${port}/a`;
  return from.curl("-o", "/dev/null", "-w", "%{http_code}", url).then(({ out }) => out);
}

// The stranger has neither rules nor a proxy.
async function threePods(t: TestContext) {
  const node = await PodNode.start(t, DOCUMENTS);
  const [caller, stranger] = [await node.pod("caller"), await node.pod("stranger")];
  const things = await node.pod("things");
  await things.start();
  await things.startApplication("local-app.mjs", "0.0.0.0", "8080", "2525");
  await caller.start();
  return { node, caller, stranger, things };
}

function peers(mode: string): string {
  return `
apiVersion: security.istio.io/v1
kind: PeerAuthentication
metadata: { name: things, namespace: shop }
spec:
  selector: { matchLabels: { app: things } }
  mtls: { mode: ${mode} }
`;
}

const DOCUMENTS = `
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: { name: things, namespace: shop }
spec:
  hosts: [things.example]
  addresses: [10.96.0.7]
  location: MESH_INTERNAL
  resolution: STATIC
  workloadSelector: { labels: { app: things } }
  ports: [{ name: http, number: 80, targetPort: 8080, protocol: HTTP }]
---
apiVersion: weft.dev/v1alpha1
kind: Workload
metadata: { name: things, namespace: shop, labels: { app: things } }
spec:
  command: ["true"]
  serviceAccount: things
  ports: [{ name: http, port: 8080, protocol: http }, { name: mail, port: 2525 }]
---
apiVersion: weft.dev/v1alpha1
kind: Workload
metadata: { name: caller, namespace: shop, labels: { app: caller } }
spec: { command: ["true"], serviceAccount: caller }
`;
