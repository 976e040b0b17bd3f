import assert from "node:assert/strict";
import { test } from "node:test";
import type { Model, Outside, OutsideAddress, Service } from "#ir/model.ts";
import type { NodeFacts, PodFacts } from "#ir/pod.ts";
import { PodJoin } from "./join-pods.ts";

test("a pod with a proxy becomes a workload, with its node's place", () => {
  const pods = [pod("web-1"), pod("old-1", { hasProxy: false })];
  const node: NodeFacts = { name: "n1", labels: new Map([["topology.kubernetes.io/zone", "a"]]) };
  const { workloads } = joined({}, pods, [node]);
  assert.deepEqual(
    workloads.map(({ name, controller }) => `${name} ${controller}`),
    ["web-1 web"],
  );
  assert.equal(workloads[0]!.labels.get("topology.kubernetes.io/zone"), "a");
  assert.equal(workloads[0]!.labels.get("kubernetes.io/hostname"), "n1");
});

test("a pod whose node is silent may serve yet: it is asked where none is ready", () => {
  const at = (name: string, isReady: boolean) => ({ address: name, name, isReady });
  const lost = { ...pod("web-1", { isReady: false, isLost: true }), addresses: ["10.1.0.1"] };
  const unready = { ...pod("web-2", { isReady: false }), addresses: ["10.1.0.2"] };
  const outside = {
    ...slice("web", []),
    addresses: [at("10.1.0.1", false), at("10.1.0.2", false)],
  };
  const { outsides } = joined({ outsides: [outside] }, [lost, unready]);
  assert.deepEqual(
    outsides[0]?.addresses.map(({ isLeaving }) => isLeaving),
    [true, undefined],
  );
});

test("on its node's network a pod is not of the mesh: others have its address", () => {
  assert.deepEqual(joined({}, [pod("web-1", { isOnHostNetwork: true })]).workloads, []);
});

test("a pod's ports are what services lead to and containers declare; services say more", () => {
  const services = [
    service("web", [
      { name: "grpc", port: 80, targetPort: "main", protocol: "http2" },
      { name: "other", port: 81, targetPort: 9999, protocol: "detect" },
      { name: "own", port: 82, targetPort: 15_020, protocol: "http" },
    ]),
    service("nobody", [{ name: "x", port: 1, targetPort: 1234, protocol: "http" }], "nobody"),
  ];
  const ports = [
    { name: "main", port: 8080 },
    { name: "http-admin", port: 9000 },
  ];
  const [workload] = joined({ services }, [pod("web-1", { ports })]).workloads;
  assert.deepEqual(workload?.ports, [
    { name: "main", port: 8080, protocol: "http2" },
    { name: "http-admin", port: 9000, protocol: "http" },
    { name: "other", port: 9999, protocol: "detect" },
  ]);
});

test("ports that a pod calls opaque are bytes whatever is said, and declared by that", () => {
  const port = { name: "p", port: 80, targetPort: 8080, protocol: "http" as const };
  const opaquePorts = [
    [8080, 8080],
    [3306, 3307],
  ] as const;
  const [workload] = joined({ services: [service("a", [port])] }, [
    pod("web-1", { opaquePorts }),
  ]).workloads;
  assert.deepEqual(
    workload?.ports.map(({ port, protocol }) => `${port} ${protocol}`),
    ["3306 tcp", "3307 tcp", "8080 tcp"],
  );
});

test("services that contradict each other leave a port to detection", () => {
  const port = { name: "p", port: 80, targetPort: 8080 };
  const services = [
    service("a", [{ ...port, protocol: "http" }]),
    service("b", [{ ...port, protocol: "tcp" }]),
  ];
  const [workload] = joined({ services }, [pod("web-1")]).workloads;
  assert.equal(workload?.ports[0]?.protocol, "detect");
});

test("an address of an EndpointSlice learns which pod is there", () => {
  const outsides = [slice("web", ["10.1.0.1", "10.1.0.2", "10.9.9.9"])];
  const pods = [pod("web-1"), pod("old-1", { hasProxy: false, addresses: ["10.1.0.2"] })];
  const model = joined({ outsides }, pods);
  const [own, old, other] = model.outsides[0]!.addresses;
  assert.equal(own?.workload, model.workloads[0]);
  assert.equal(own?.labels?.get("app"), "web");
  assert.deepEqual([old?.workload, old?.labels?.get("app")], [undefined, "web"]);
  assert.deepEqual([other?.workload, other?.labels], [undefined, undefined]);
});

test("a pod with two families of addresses is one endpoint of a service that has both", () => {
  const both = ["10.1.0.1", "fd00::1"];
  const pods = [pod("web-1", { addresses: both }), pod("web-2", { addresses: ["fd00::2"] })];
  const six = slice("web", ["fd00::1", "fd00::2"], "six");
  const model = joined({ outsides: [slice("web", ["10.1.0.1"]), six] }, pods);
  const shown = model.outsides.map(({ addresses }) => addresses.map(({ address }) => address));
  assert.deepEqual(shown, [["10.1.0.1"], ["fd00::2"]]);
  // A service of one family keeps what it has.
  const alone = joined({ outsides: [six] }, pods);
  assert.deepEqual(
    alone.outsides[0]!.addresses.map(({ address }) => address),
    ["fd00::1", "fd00::2"],
  );
});

test("what has not changed stays the same object, and becoming ready changes no workload", () => {
  const join = new PodJoin();
  const base = model({ outsides: [slice("web", ["10.1.0.1"]), slice("db", ["10.1.0.7"])] });
  const db = pod("db-1", { addresses: ["10.1.0.7"], labels: new Map([["app", "db"]]) });
  const first = join.join(base, cluster([pod("web-1", { isReady: false }), db]));
  const ready = join.join(base, cluster([pod("web-1"), db]));
  assert.equal(ready.workloads[0], first.workloads[0]);
  assert.deepEqual(ready.outsides, first.outsides);
  assert.equal(ready.outsides[0], first.outsides[0]);
  const relabelled = pod("web-1", {
    labels: new Map([
      ["app", "web"],
      ["version", "v2"],
    ]),
  });
  const other = join.join(base, cluster([relabelled, db]));
  assert.notEqual(other.workloads[0], first.workloads[0]);
  assert.notEqual(other.outsides[0], first.outsides[0]);
  assert.equal(other.outsides[1], first.outsides[1]);
});

test("a service that comes later gives pods that run already its ports", () => {
  const join = new PodJoin();
  const pods = cluster([pod("web-1")]);
  join.join(model({}), pods);
  const port = { name: "p", port: 80, targetPort: 8080, protocol: "http" as const };
  const later = join.join(model({ services: [service("web", [port])] }), pods);
  assert.deepEqual(later.workloads[0]!.ports, [{ name: "p", port: 8080, protocol: "http" }]);
});

function joined(
  parts: Partial<Model>,
  pods: readonly PodFacts[],
  nodes: readonly NodeFacts[] = [],
) {
  return new PodJoin().join(model(parts), cluster(pods, nodes));
}

function cluster(pods: readonly PodFacts[], nodes: readonly NodeFacts[] = []) {
  return {
    pods: new Map(pods.map((each) => [`${each.namespace}/${each.name}`, each])),
    nodes: new Map(nodes.map((node) => [node.name, node])),
  };
}

function model(parts: Partial<Model>): Model {
  return {
    mesh: { trustDomain: "cluster.local", certificateLifeMs: 1, onKubernetes: true },
    ...{ workloads: [], services: [], outsides: [], serviceAccounts: [], subsets: [], routes: [] },
    ...parts,
  };
}

function pod(name: string, parts: Partial<PodFacts> = {}): PodFacts {
  return {
    ...{ namespace: "shop", name, uid: "u", labels: new Map([["app", "web"]]) },
    ...{
      serviceAccount: "web",
      controller: "web",
      controllerKind: "Deployment",
      node: "n1",
      addresses: ["10.1.0.1"],
    },
    ...{ isOnHostNetwork: false, ports: [], opaquePorts: [], hasProxy: true },
    ...{ isReady: true, isLost: false },
    ...parts,
  };
}

function service(name: string, ports: Service["ports"], app = "web"): Service {
  const ref = { group: "", kind: "Service", namespace: "shop", name };
  const origin = { ref, position: undefined };
  return { namespace: "shop", name, origin, selector: new Map([["app", app]]), ports };
}

function slice(service: string, addresses: readonly string[], name = service): Outside {
  const ref = { group: "discovery.k8s.io", kind: "EndpointSlice", namespace: "shop", name };
  return {
    origin: { ref, position: undefined },
    service: { namespace: "shop", name: service },
    addresses: addresses.map(
      (address): OutsideAddress => ({ address, name: address, isReady: true }),
    ),
    ports: [{ name: "p", port: 8080 }],
  };
}
