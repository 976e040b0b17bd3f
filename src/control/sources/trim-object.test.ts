import assert from "node:assert/strict";
import { test } from "node:test";
import type { ClusterObject } from "#kubernetes/cluster-object.ts";
import { readNode, readPod } from "./read-pod.ts";
import { trimObject } from "./trim-object.ts";

const SERVICE = { group: "", version: "v1", kind: "Service", plural: "services" };
const SLICE = {
  ...{ group: "discovery.k8s.io", version: "v1", kind: "EndpointSlice" },
  plural: "endpointslices",
};

test("of a resource its spec stays, and of its metadata what dialects read", () => {
  const kind = { group: "g", version: "v1", kind: "Route", plural: "routes" };
  const trimmed = trimObject(kind, {
    metadata: {
      ...{ name: "a", namespace: "shop", uid: "u", resourceVersion: "7", generation: 3 },
      managedFields: [{ manager: "kubectl" }],
      annotations: { "kubectl.kubernetes.io/last-applied-configuration": "{}", own: "1" },
    },
    spec: { rules: [] },
    status: { parents: [1] },
  });
  assert.deepEqual(trimmed, {
    ...{ apiVersion: "g/v1", kind: "Route", spec: { rules: [] } },
    metadata: { name: "a", namespace: "shop", generation: 3, annotations: { own: "1" } },
  });
});

test("of a Service the ports over TCP stay; one that has none is nothing to a mesh", () => {
  const dns = (ports: readonly object[]): ClusterObject => ({
    metadata: { name: "dns", namespace: "kube-system" },
    spec: { clusterIP: "10.0.0.10", ports },
  });
  const udp = { name: "dns", port: 53, protocol: "UDP" };
  const tcp = { name: "dns-tcp", port: 53, protocol: "TCP" };
  const trimmed = trimObject(SERVICE, dns([udp, tcp]));
  assert.deepEqual(trimmed?.["spec"], { clusterIP: "10.0.0.10", ports: [tcp] });
  assert.equal(trimObject(SERVICE, dns([udp])), undefined);
});

test("an EndpointSlice of no Service is nothing; of others the endpoints stay", () => {
  const endpoint = {
    ...{ addresses: ["10.1.0.1"], conditions: { ready: true }, nodeName: "n", zone: "z" },
    targetRef: { kind: "Pod", name: "a", uid: "u", namespace: "shop" },
  };
  const slice = (labels: Record<string, string>): ClusterObject => ({
    metadata: { name: "web-x", namespace: "shop", labels },
    ...{ addressType: "IPv4", endpoints: [endpoint], ports: [{ name: "", port: 80 }] },
  });
  assert.equal(trimObject(SLICE, slice({})), undefined);
  const trimmed = trimObject(SLICE, slice({ "kubernetes.io/service-name": "web", more: "1" }));
  assert.deepEqual(trimmed?.["endpoints"], [
    { ...endpoint, targetRef: { kind: "Pod", name: "a" } },
  ]);
});

test("a pod is of the mesh with the injector's label and container, not with one of them", () => {
  const made = (labels: object, containers: object) =>
    readPod({ metadata: { name: "a", labels }, spec: { ...containers } } as never)?.hasProxy;
  const label = { "weft.dev/proxy": "0.1.0" };
  const container = { initContainers: [{ name: "weft-proxy", restartPolicy: "Always" }] };
  assert.equal(made(label, container), true);
  assert.equal(made({}, container), false);
  assert.equal(made(label, { containers: [{ name: "app" }] }), false);
  // One that ran and ended is no proxy.
  assert.equal(made(label, { initContainers: [{ name: "weft-proxy" }] }), false);
});

test("a pod goes by what made it, and by its own name where nothing did", () => {
  const owned = (kind: string, name: string, labels = {}) =>
    readPod({
      metadata: {
        ...{ name: "web-7f-abc", labels },
        ownerReferences: [{ apiVersion: "apps/v1", kind, name, uid: "", controller: true }],
      },
    })?.controller;
  assert.equal(owned("ReplicaSet", "web-7f", { "pod-template-hash": "7f" }), "web");
  assert.equal(owned("ReplicaSet", "web-7f"), "web-7f");
  assert.equal(owned("StatefulSet", "redis"), "redis");
  assert.equal(readPod({ metadata: { name: "alone" } })?.controller, "alone");
});

test("a pod whose containers have ended is none; one that is ending still is", () => {
  const at = (phase: string, more = {}) =>
    readPod({ metadata: { name: "a", ...more }, status: { phase } });
  assert.equal(at("Succeeded"), undefined);
  assert.equal(at("Failed"), undefined);
  assert.ok(at("Running", { deletionTimestamp: "2026-01-01T00:00:00Z" }));
});

test("ports of applications count, not the proxy's, none over UDP; addresses all do", () => {
  const pod = readPod({
    metadata: { name: "a" },
    spec: {
      serviceAccountName: "web",
      containers: [
        {
          name: "app",
          ports: [
            { name: "http", containerPort: 8080 },
            { containerPort: 53, protocol: "UDP" },
          ],
        },
      ],
      initContainers: [
        { name: "weft-proxy", restartPolicy: "Always", ports: [{ containerPort: 15008 }] },
        { name: "log", restartPolicy: "Always", ports: [{ containerPort: 24224 }] },
      ],
    },
    status: {
      podIPs: [{ ip: "10.1.0.1" }, { ip: "fd00::1" }],
      conditions: [{ type: "Ready", status: "True" }],
    },
  });
  assert.deepEqual(pod?.ports, [
    { name: "http", port: 8080 },
    { name: "", port: 24224 },
  ]);
  assert.deepEqual(pod?.addresses, ["10.1.0.1", "fd00::1"]);
  assert.deepEqual([pod?.serviceAccount, pod?.isReady], ["web", true]);
});

test("a pod's opaque ports are read from what its injector wrote", () => {
  const opaque = (value: string) => {
    const env = [{ name: "WEFT_SETTINGS", value }];
    const proxy = { name: "weft-proxy", restartPolicy: "Always", env };
    return readPod({ metadata: { name: "a" }, spec: { initContainers: [proxy] } })?.opaquePorts;
  };
  assert.deepEqual(opaque('{"opaquePorts":[[3306,3306]]}'), [[3306, 3306]]);
  assert.deepEqual(opaque("{"), []);
});

test("of a node its place stays", () => {
  const labels = { "topology.kubernetes.io/zone": "a", "kubernetes.io/os": "linux" };
  const node = readNode({ metadata: { name: "n1", labels } });
  assert.deepEqual([...node.labels], [["topology.kubernetes.io/zone", "a"]]);
});
