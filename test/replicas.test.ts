// Several replicas of a control plane beside each other, on a small HTTP server that keeps objects
// as an API server does.

import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { systemClock } from "#base/clock.ts";
import { systemFiles } from "#base/file-system.ts";
import { silentLog } from "#base/log.ts";
import { ControlListener } from "#control/distribution/control-listener.ts";
import type { ControlPlane } from "#control/plane/control-plane.ts";
import { openInCluster } from "#control/plane/open-in-cluster.ts";
import { CLUSTER_MESH_SETTINGS } from "#ir/default-mesh-settings.ts";
import { ApiServerFixture } from "#kubernetes/api-server-fixture.ts";
import { eventually } from "#local/testing/eventually.ts";
import { askForCertificate, ControlClient } from "./kubernetes/control-client.ts";
import { freePort } from "./support/free-port.ts";

const SHOP = "/api/v1/namespaces/shop";
const WEB = "spiffe://cluster.local/ns/shop/sa/web";
const CLAIMS = Buffer.from('{"aud":["weft.dev"],"exp":4000000000}').toString("base64url");
const TOKEN = `aaaa.${CLAIMS}.cccc`;

test("a replica that ends sends its proxies to another, who goes on from their revision", async (t) => {
  const { server, open } = await makeCluster(t);
  server.put(`${SHOP}/pods`, pod("web-1"));
  const [a, b] = [await open(), await open()];
  const joined = await askForCertificate(portOf(a), WEB, TOKEN);
  assert.ok(joined.answer.kind === "issued");
  const credentials = { ...joined.answer, key: joined.key };
  const first = new ControlClient(portOf(a), credentials, "shop/web-1");
  await eventually("the proxy has its plan", () => first.inbound !== undefined);

  const ending = a.drain();
  const refused = new ControlClient(portOf(a), credentials, "shop/web-1");
  await ending;
  await eventually("both are sent away", () => first.isOver && refused.isOver);
  assert.equal(refused.inbound, undefined);

  // It may be that the other one counts behind.
  const ahead = Math.max(first.revision, b.snapshot.revision) + 5_000;
  const second = new ControlClient(portOf(b), credentials, "shop/web-1", ahead);
  await eventually("the other replica goes on", () => second.revision > ahead);
  assert.equal(second.inbound?.hash, first.inbound?.hash);
  second.close();
});

test("a proxy of a pod that nobody knows is told why, and let in when the pod is known", async (t) => {
  const { server, open } = await makeCluster(t);
  server.put(`${SHOP}/pods`, pod("web-1"));
  const plane = await open();
  const { answer, key } = await askForCertificate(portOf(plane), WEB, TOKEN);
  assert.ok(answer.kind === "issued");
  const early = new ControlClient(portOf(plane), { ...answer, key }, "shop/web-2");
  await eventually("it is refused", () => early.isOver);
  assert.match(early.notices.join(), /There is no pod "shop\/web-2" with a proxy/);
  server.put(`${SHOP}/pods`, pod("web-2"));
  await eventually("the pod is known", () => plane.snapshot.workloads.has("shop/web-2"));
  const again = new ControlClient(portOf(plane), { ...answer, key }, "shop/web-2");
  await eventually("it is let in", () => again.inbound !== undefined);
  again.close();
});

test("a certificate is renewed while a pod of its account is known, and no longer", async (t) => {
  const { server, open } = await makeCluster(t);
  server.put(`${SHOP}/pods`, pod("web-1"));
  const plane = await open();
  const { answer, key } = await askForCertificate(portOf(plane), WEB, TOKEN);
  assert.ok(answer.kind === "issued");
  const credentials = { ...answer, key };
  const renewed = await askForCertificate(portOf(plane), WEB, undefined, credentials);
  assert.equal(renewed.answer.kind, "issued");
  server.remove(`${SHOP}/pods/web-1`);
  await eventually("the pod is gone", () => !plane.snapshot.workloads.has("shop/web-1"));
  const { answer: late } = await askForCertificate(portOf(plane), WEB, undefined, credentials);
  assert.match(late.kind === "refused" ? late.reason : "", /there is no workload of .*sa\/web/);
});

test("a proxy can't take the name of a pod with another account", async (t) => {
  const { server, open } = await makeCluster(t);
  server.put(`${SHOP}/pods`, pod("web-1"));
  server.put(`${SHOP}/pods`, pod("db-1", "db"));
  const plane = await open();
  const { answer, key } = await askForCertificate(portOf(plane), WEB, TOKEN);
  assert.ok(answer.kind === "issued");
  const other = new ControlClient(portOf(plane), { ...answer, key }, "shop/db-1");
  await eventually("it is refused", () => other.isOver);
  assert.match(other.notices.join(), /"shop\/db-1" has the service account shop\/db/);
});

function portOf({ settings, authority }: ControlPlane) {
  return { port: settings.proxies.port, roots: authority.trust.join("") };
}

async function makeCluster(t: TestContext) {
  const server = await new ApiServerFixture().listen();
  // Whatever the token, it is web-1's.
  server.intercept = ({ url }, answer) => {
    if (!url.endsWith("/tokenreviews")) return false;
    const uid = server.get(`${SHOP}/pods/web-1`)?.metadata.uid ?? "";
    const extra = {
      "authentication.kubernetes.io/pod-name": ["web-1"],
      "authentication.kubernetes.io/pod-uid": [uid],
    };
    const user = { username: "system:serviceaccount:shop:web", extra };
    const status = { authenticated: true, audiences: ["weft.dev"], user };
    answer.writeHead(201, { "content-type": "application/json" });
    answer.end(JSON.stringify({ status }));
    return true;
  };
  const folder = mkdtempSync(join(tmpdir(), "weft-replicas-"));
  t.after(async () => {
    await server.close();
    rmSync(folder, { recursive: true });
  });
  const open = async () => {
    const api = server.client();
    t.after(() => api.close());
    const on = { address: "127.0.0.1", port: freePort() };
    const opening = await openInCluster(
      {
        ...{ version: "test", documents: "", stateFolder: folder, dashboardFolder: folder },
        ...{ proxies: on, admin: on, mesh: CLUSTER_MESH_SETTINGS },
      },
      {
        ...{ api, clock: systemClock, random: () => 0, files: systemFiles, log: silentLog },
        ...{ namespace: "weft-system", serviceAccount: "weft-control", waiting: () => {} },
        proxyEntrance: (credentials, events, to) => new ControlListener(credentials, events, to),
      },
      () => {},
    );
    if (opening.kind === "refused") throw new Error(opening.reason);
    t.after(() => opening.controlPlane.close());
    return opening.controlPlane;
  };
  return { server, open };
}

function pod(name: string, account = "web") {
  return {
    metadata: { name, labels: { app: account, "weft.dev/proxy": "test" } },
    spec: {
      serviceAccountName: account,
      containers: [{ name: "app", ports: [{ containerPort: 8080 }] }],
      initContainers: [{ name: "weft-proxy", restartPolicy: "Always" }],
    },
    status: { phase: "Running", podIPs: [{ ip: "10.1.0.1" }] },
  };
}
