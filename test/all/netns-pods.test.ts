// Pods without a cluster: the programs that the injector puts into a pod, in network namespaces,
// beside applications that know nothing of a mesh.

import assert from "node:assert/strict";
import { once } from "node:events";
import { type TestContext, test } from "node:test";
import { LIMITS } from "#base/limits.ts";
import { eventually } from "#local/testing/eventually.ts";
import { PodNode } from "../support/pod-node.ts";

const ADDRESS = "10.96.0.7";
const SIXTH = "fd96::7";
const SECRET = "open sesame";
// On a busy machine.
const WITHIN_MS = 30_000;
const NODE = ["node_modules/.bin/node"];

test("applications that know nothing of the mesh talk with mutual TLS, over both families", async (t) => {
  const { node, caller } = await twoPods(t);
  const caught = await node.capture();
  for (const url of [`http://${ADDRESS}/a`, `http://[${SIXTH}]/a`]) {
    const { out } = await caller.curl("-H", "x-mine: as it was", url);
    const { url: seen, headers, secret } = JSON.parse(out);
    assert.equal(seen, "/a");
    assert.equal(headers["x-mine"], "as it was");
    assert.equal(secret, SECRET);
  }
  const bytes = await caught();
  assert.ok(bytes.length > 2_000, "nothing was caught");
  assert.equal(bytes.includes(SECRET), false, "an answer passed in plaintext");
  assert.equal(bytes.includes("as it was"), false, "a request passed in plaintext");
});

test("without rules and proxies the same is read by anybody", async (t) => {
  const { node, caller, things } = await twoPods(t, "0.0.0.0");
  for (const pod of [caller, things]) assert.equal((await pod.init("--remove")).code, 0);
  const caught = await node.capture();
  await caller.curl("-H", "x-mine: as it was", `http://${things.addresses[0]}:8080/a`);
  assert.equal((await caught()).includes("as it was"), true);
});

test("an application is reached wherever it listens", async (t) => {
  const node = await PodNode.start(t, documents());
  const caller = await node.pod("caller");
  await caller.start();
  const things = await node.pod("things");
  await things.start();
  for (const address of ["127.0.0.1", things.addresses[0]!, "::1", "::"]) {
    const application = await things.startApplication("local-app.mjs", address, "8080", "2525");
    const { out } = await caller.curl(`http://${ADDRESS}/a`);
    assert.match(out, /open sesame/, address);
    application.kill("SIGKILL");
    await once(application, "exit");
  }
});

test("a server that speaks first is heard, through the service and directly", async (t) => {
  const { caller, things } = await twoPods(t);
  for (const target of [`${ADDRESS} 25`, `${things.addresses[0]} 2525`]) {
    const { out } = await caller.run(...NODE, "test/support/greeted.mjs", ...target.split(" "));
    assert.equal(out, "220 welcome\r\n250 hello\r\n", target);
  }
});

test("a pod that calls itself, by its service or its own address, goes through its proxy", async (t) => {
  const { things } = await twoPods(t, "0.0.0.0");
  for (const url of [`http://${ADDRESS}/a`, `http://${things.addresses[0]}:8080/a`]) {
    const { out } = await things.curl(url);
    const { headers } = JSON.parse(out);
    assert.equal(typeof headers["x-request-id"], "string", url);
  }
  const { headers } = JSON.parse((await things.curl("http://127.0.0.1:8080/a")).out);
  assert.equal(headers["x-request-id"], undefined);
});

test("a proxy isn't ready before its rules are there, nor when they go", async (t) => {
  const node = await PodNode.start(t, documents());
  const pod = await node.pod("caller");
  pod.startProxy();
  await eventually("it lives", async () => (await pod.health("/live")) === "200", WITHIN_MS);
  const complaint = /rules of interception for IPv4 are not in force/;
  const said = async () => (await pod.curl(`http://${pod.addresses[0]}:15021/ready`)).out;
  await eventually("it says so", async () => complaint.test(await said()), WITHIN_MS);
  assert.equal(await pod.health("/ready"), "503");
  await pod.init();
  await eventually("it is ready", async () => (await pod.health("/ready")) === "200", WITHIN_MS);
  pod.administer("ip6tables-nft", "-t", "nat", "-F", "WEFT_OUTPUT");
  const missed = async () => (await pod.health("/ready")) === "503";
  await eventually("missing rules are noticed", missed, WITHIN_MS);
});

test("who dials a proxy's own listener is no connection of its application", async (t) => {
  const node = await PodNode.start(t, documents());
  const pod = await node.pod("caller");
  await pod.start();
  assert.notEqual((await pod.curl("http://127.0.0.1:15001/")).code, 0);
  const { out } = await pod.curl(`http://${pod.addresses[0]}:15020/metrics`);
  assert.match(out, /^weft_original_destination_missed_total\{reason="direct"\} 1$/m);
});

test("a proxy waits for its token, its roots and its control plane, and says so", async (t) => {
  const node = await PodNode.start(t, documents());
  const pod = await node.pod("caller");
  await pod.init();
  const hidden = node.hideSecrets("caller");
  const proxy = pod.startProxy();
  await eventually("it lives", async () => (await pod.health("/live")) === "200", WITHIN_MS);
  const { out } = await pod.curl(`http://${pod.addresses[0]}:15021/ready`);
  assert.match(out, /no identity yet/);
  assert.equal(proxy.exitCode, null);
  hidden.show();
  await eventually("it is ready", async () => (await pod.health("/ready")) === "200", WITHIN_MS);
});

test("a node that has IPv6 switched off has pods all the same", async (t) => {
  const node = await PodNode.start(t, documents());
  const pod = await node.pod("caller");
  pod.administer("sysctl", "-qw", "net.ipv6.conf.all.disable_ipv6=1");
  await pod.start();
});

test("a proxy that is asked to end is gone at once, with nothing open", async (t) => {
  const node = await PodNode.start(t, documents());
  const pod = await node.pod("caller");
  await pod.start();
  const startedMs = performance.now();
  pod.endProxy();
  const [code] = await once(pod.proxy, "exit");
  assert.equal(code, 0);
  // Whatever is open would have had so long.
  assert.ok(performance.now() - startedMs < LIMITS.drainGraceMs);
});

async function twoPods(t: TestContext, address = "127.0.0.1") {
  const node = await PodNode.start(t, documents());
  const caller = await node.pod("caller");
  const things = await node.pod("things");
  await things.start();
  await things.startApplication("local-app.mjs", address, "8080", "2525");
  await caller.start();
  return { node, caller, things };
}

function documents(): string {
  return `
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: { name: things, namespace: shop }
spec:
  hosts: [things.example]
  addresses: [${ADDRESS}, "${SIXTH}"]
  location: MESH_INTERNAL
  resolution: STATIC
  workloadSelector: { labels: { app: things } }
  ports:
    - { name: http, number: 80, targetPort: 8080, protocol: HTTP }
    - { name: mail, number: 25, targetPort: 2525 }
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
}
