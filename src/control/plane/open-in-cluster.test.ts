// The control plane on a small HTTP server that lists, watches and keeps objects as an API server
// does. What a real one does besides is in test/kubernetes/source-cases.ts.

import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { systemClock } from "#base/clock.ts";
import { systemFiles } from "#base/file-system.ts";
import { silentLog } from "#base/log.ts";
import { ControlListener } from "#control/distribution/control-listener.ts";
import { CLUSTER_MESH_SETTINGS } from "#ir/default-mesh-settings.ts";
import { ApiServerFixture } from "#kubernetes/api-server-fixture.ts";
import { documentsBackend } from "./documents-backend.ts";
import { openInCluster } from "./open-in-cluster.ts";

const SHOP = "/api/v1/namespaces/shop";
const SLICES = "/apis/discovery.k8s.io/v1/namespaces/shop/endpointslices";
const CRDS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
const ENTRIES = "/apis/networking.istio.io/v1/namespaces/shop/serviceentries";

test("what a cluster has becomes a snapshot, and its changes the next one", async (t) => {
  const { server, open } = await makeCluster(t);
  server.put(`${SHOP}/services`, service("web", "10.96.0.7"));
  server.put(`${SHOP}/pods`, pod("web-1", "10.1.0.1"));
  server.put(SLICES, slice("web", ["10.1.0.1", "10.1.0.2"]));
  const plane = await open();
  const shown = () =>
    plane.snapshot.outbound
      .get("shop/web/80")
      ?.backends.flatMap((backend) =>
        backend.kind === "endpoints"
          ? backend.endpoints.map(({ speaks, address }) => `${speaks} ${address}`)
          : [],
      );
  assert.deepEqual(shown(), ["weft 10.1.0.1", "plaintext 10.1.0.2"]);
  assert.equal(plane.identity.trustDomain, "cluster.local");
  assert.ok(plane.snapshot.directory.hosts.has("10.96.0.7"));
  assert.deepEqual([...plane.snapshot.direct.keys()], ["10.1.0.1"]);
  assert.deepEqual(
    plane.registrations.map(({ name, isReady }) => [name, isReady]),
    [["web-1", true]],
  );
  const { revision } = plane.snapshot;
  server.put(SLICES, slice("web", ["10.1.0.1"]));
  await until(() => shown()?.length === 1);
  assert.ok(plane.snapshot.revision > revision);
});

test("pods without a proxy are told with their reason, as it is now", async (t) => {
  const { server, open } = await makeCluster(t);
  server.put("/api/v1/namespaces", { metadata: { name: "shop" } });
  server.put(`${SHOP}/pods`, pod("web-1", "10.1.0.1"));
  const { metadata, spec, status } = pod("old-1", "10.1.0.2");
  const old = { metadata: { ...metadata, labels: {} }, spec: { ...spec, initContainers: [] } };
  server.put(`${SHOP}/pods`, { ...old, status });
  const plane = await open();
  const told = () => plane.unmeshed?.map(({ name, reason }) => `${name}: ${reason}`);
  assert.deepEqual(told(), ["old-1: namespace-not-enabled"]);
  const labels = { "weft.dev/inject": "enabled" };
  server.put("/api/v1/namespaces", { metadata: { name: "shop", labels } });
  await until(() => told()?.[0] === "old-1: started-before");
  server.remove(`${SHOP}/pods/old-1`);
  await until(() => told()?.length === 0);
});

test("a ServiceEntry selects pods with a proxy by their labels, as they are ready", async (t) => {
  const { server, open } = await makeCluster(t);
  server.put(CRDS, definition("networking.istio.io", "ServiceEntry", "serviceentries"));
  server.put(`${SHOP}/pods`, pod("web-1", "10.1.0.1"));
  server.put(`${SHOP}/pods`, pod("web-2", "10.1.0.2", "False"));
  server.put(ENTRIES, {
    metadata: { name: "web" },
    spec: {
      hosts: ["web.example.com"],
      ...{ location: "MESH_INTERNAL", resolution: "STATIC" },
      ports: [{ number: 80, name: "http", protocol: "HTTP", targetPort: 8080 }],
      workloadSelector: { labels: { app: "web" } },
    },
  });
  const plane = await open();
  const plan = [...plane.snapshot.outbound.values()].find(
    ({ scope }) => scope.host === "web.example.com",
  );
  const [backend] = plan?.backends ?? [];
  const endpoints = backend?.kind === "endpoints" ? backend.endpoints : [];
  assert.deepEqual(
    endpoints.map(({ speaks, address }) => `${speaks} ${address}`),
    ["weft 10.1.0.1"],
  );
});

test("the root is made once, and whoever comes later has it", async (t) => {
  const { server, open } = await makeCluster(t);
  const [a, b] = await Promise.all([open(), open()]);
  assert.deepEqual(a.authority.trust, b.authority.trust);
  const secret = server.get("/api/v1/namespaces/weft-system/secrets/weft-ca");
  const { "root.pem": kept = "" } = (secret?.["data"] ?? {}) as Record<string, string>;
  assert.equal(Buffer.from(kept, "base64").toString(), a.authority.trust[0]);
});

test("a root of another trust domain is not used, and it says what to do", async (t) => {
  const { server, open } = await makeCluster(t);
  await open();
  server.put(CRDS, definition("weft.dev", "MeshConfig", "meshconfigs", "v1alpha1"));
  const configs = "/apis/weft.dev/v1alpha1/namespaces/weft-system/meshconfigs";
  server.put(configs, { metadata: { name: "mesh" }, spec: { trustDomain: "example.org" } });
  await assert.rejects(open(), /Secret weft-system\/weft-ca is not the root of .*"example.org"/);
});

test("a MeshConfig beside the control plane counts, and moves no trust domain", async (t) => {
  const { server, open } = await makeCluster(t);
  server.put(CRDS, definition("weft.dev", "MeshConfig", "meshconfigs", "v1alpha1"));
  const configs = (namespace: string) =>
    `/apis/weft.dev/v1alpha1/namespaces/${namespace}/meshconfigs`;
  const closed = { outboundTrafficPolicy: { mode: "REGISTRY_ONLY" } };
  server.put(configs("shop"), { metadata: { name: "mine" }, spec: closed });
  const plane = await open();
  assert.equal(plane.model.mesh.allowsUnknown, true);
  const told = () => plane.diagnostics.map(({ field, message }) => `${field}: ${message}`);
  assert.deepEqual(told(), [
    'metadata.namespace: MeshConfig shop/mine: Found "shop", must be "weft-system"',
  ]);
  server.remove(`${configs("shop")}/mine`);
  const spec = { ...closed, trustDomain: "example.org" };
  server.put(configs("weft-system"), { metadata: { name: "mesh" }, spec });
  await until(() => plane.model.mesh.allowsUnknown === false);
  assert.equal(plane.model.mesh.trustDomain, "cluster.local");
  assert.equal(plane.snapshot.trustDomain, "cluster.local");
  assert.deepEqual(told(), [
    'spec.trustDomain: MeshConfig weft-system/mesh: Found "example.org", must be "cluster.local"',
  ]);
});

test("documents are the API server's: nobody edits them here", async (t) => {
  const { open } = await makeCluster(t);
  const plane = await open();
  const documents = documentsBackend(plane);
  const { isEditable, remedy } = documents.all();
  assert.equal(isEditable, false);
  assert.match(remedy ?? "", /kubectl apply/);
  const change = { file: "a.yaml", text: "", before: null };
  const answer = await documents.apply({ changes: [change] });
  assert.equal(answer.kind, "error");
});

async function makeCluster(t: TestContext) {
  const server = await new ApiServerFixture().listen();
  const folder = mkdtempSync(join(tmpdir(), "weft-cluster-"));
  t.after(async () => {
    await server.close();
    rmSync(folder, { recursive: true });
  });
  const on = { address: "127.0.0.1", port: 0 };
  const open = async () => {
    const api = server.client();
    t.after(() => api.close());
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
    const { controlPlane } = opening;
    t.after(() => controlPlane.close());
    return controlPlane;
  };
  return { server, open };
}

async function until(isSo: () => boolean): Promise<void> {
  const endMs = performance.now() + 20_000;
  while (!isSo()) {
    assert.ok(performance.now() < endMs, "it never is so");
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

function service(name: string, clusterIP: string) {
  const ports = [{ name: "http", port: 80, targetPort: 8080 }];
  return { metadata: { name }, spec: { clusterIP, selector: { app: name }, ports } };
}

function pod(name: string, ip: string, ready = "True") {
  return {
    metadata: { name, labels: { app: "web", "weft.dev/proxy": "test" } },
    spec: {
      serviceAccountName: "web",
      containers: [{ name: "app", ports: [{ containerPort: 8080 }] }],
      initContainers: [{ name: "weft-proxy", restartPolicy: "Always" }],
    },
    status: { phase: "Running", podIPs: [{ ip }], conditions: [{ type: "Ready", status: ready }] },
  };
}

function slice(service: string, addresses: readonly string[]) {
  return {
    metadata: { name: `${service}-x`, labels: { "kubernetes.io/service-name": service } },
    addressType: "IPv4",
    endpoints: addresses.map((address) => ({ addresses: [address], conditions: { ready: true } })),
    ports: [{ name: "http", port: 8080, protocol: "TCP" }],
  };
}

function definition(group: string, kind: string, plural: string, version = "v1") {
  return {
    metadata: { name: `${plural}.${group}` },
    spec: { group, names: { kind, plural }, versions: [{ name: version, served: true }] },
    status: { conditions: [{ type: "Established", status: "True" }] },
  };
}
