// What a cluster's EndpointSlices and pods become.

import assert from "node:assert/strict";
import { test } from "node:test";
import type { TlsOrigination } from "#ir/destination-policy.ts";
import type { Outside, OutsideAddress, Service, Workload } from "#ir/model.ts";
import type { PeerMode, PeerRule } from "#ir/peer-rule.ts";
import type { EndpointPlan, OutboundPlan } from "#snapshot/plan.ts";
import { type Compilation, compile } from "./compile.ts";
import { partWithId, projectOutbound } from "./project.ts";
import {
  sampleBackendRef,
  sampleHttpRoute,
  sampleModel,
  sampleOrigin,
  sampleService,
  sampleSubsets,
  sampleWorkload,
} from "./sample-model.ts";

const VIEWER = { namespace: "bookshop", workload: "productpage" };

test("a pod with a proxy is a mesh endpoint under its controller's name, others are plain", () => {
  const plan = outbound({
    services: [sampleService("reviews")],
    workloads: [pod("reviews-7f-a", "10.1.0.1")],
    outsides: [slice("reviews", [meshed("10.1.0.1", "reviews-7f-a"), plain("10.1.0.2")])],
  });
  assert.deepEqual(endpointsOf(plan).map(shown), [
    "weft 10.1.0.1:15008 9080 reviews spiffe://mesh.local/ns/bookshop/sa/reviews",
    "plaintext 10.1.0.2:9080",
  ]);
});

test("what a slice says of readiness counts, whatever selector a service has", () => {
  const leaving = { ...meshed("10.1.0.1", "a"), isReady: false, isLeaving: true as const };
  const unready = { ...meshed("10.1.0.2", "b"), isReady: false };
  const workloads = [pod("a", "10.1.0.1"), pod("b", "10.1.0.2"), pod("c", "10.1.0.3")];
  const services = [sampleService("reviews")];
  const all = (addresses: readonly OutsideAddress[]) =>
    endpointsOf(outbound({ services, workloads, outsides: [slice("reviews", addresses)] })).map(
      ({ address }) => address,
    );
  assert.deepEqual(all([leaving, unready, meshed("10.1.0.3", "c")]), ["10.1.0.3"]);
  // As kube-proxy: those that end serve while nobody else does.
  assert.deepEqual(all([leaving, unready]), ["10.1.0.1"]);
});

test("subsets choose by pods' labels, with or without a proxy", () => {
  const outsides = [
    slice("reviews", [
      { ...meshed("10.1.0.1", "a"), labels: new Map([["version", "v1"]]) },
      { ...plain("10.1.0.2"), labels: new Map([["version", "v2"]]) },
    ]),
  ];
  const routes = [sampleHttpRoute("to-v2", [{ backends: [sampleBackendRef("reviews/v2")] }])];
  const subsets = [sampleSubsets("reviews", ["v1", "v2"])];
  const workloads = [pod("a", "10.1.0.1")];
  const services = [sampleService("reviews")];
  const plan = outbound({ services, workloads, outsides, routes, subsets });
  assert.deepEqual(endpointsOf(plan).map(shown), ["plaintext 10.1.0.2:9080"]);
});

test("a pod of a headless service is one part of its plan, by name and by address", () => {
  const services = [sampleService("redis", { isHeadless: true })];
  const workloads = [
    pod("redis-0", "10.1.0.1", { controller: "redis" }),
    pod("redis-1", "10.1.0.2", { controller: "redis" }),
  ];
  const outsides = [
    slice("redis", [meshed("10.1.0.1", "redis-0"), meshed("10.1.0.2", "redis-1")], 6379),
  ];
  const { snapshot } = compiled({ services, workloads, outsides });
  const byName = projectOutbound(snapshot, "redis-1.redis:9080", VIEWER);
  const byAddress = projectOutbound(snapshot, "10.1.0.2:6379", VIEWER);
  assert.deepEqual(
    endpointsOf(byName).map(({ address }) => address),
    ["10.1.0.2"],
  );
  assert.equal(byAddress?.id, byName?.id);
  const whole = snapshot.outbound.get("bookshop/redis/9080")!;
  assert.equal(partWithId(whole, byName!.id).hash, byName!.hash);
});

test("a pod's address that no service gives out leads to that pod alone, without rules", () => {
  const workloads = [pod("web-1", "10.1.0.1", { addresses: ["10.1.0.1", "fd00::1"] })];
  const { snapshot } = compiled({ workloads });
  for (const [key, port, protocol] of [
    ["10.1.0.1:9080", 9080, "http"],
    ["[fd00::1]:9999", 9999, "detect"],
  ] as const) {
    const plan = projectOutbound(snapshot, key, VIEWER);
    assert.equal(plan?.protocol, protocol);
    const [endpoint] = endpointsOf(plan);
    assert.ok(endpoint?.speaks === "weft");
    assert.deepEqual([endpoint.port, endpoint.meshPort], [port, 15_008]);
  }
  // The proxy's own ports are plain: whoever scrapes them gets through.
  const scraped = projectOutbound(snapshot, "10.1.0.1:15020", VIEWER);
  assert.equal(scraped?.scope.name, "PassthroughCluster");
});

test("what has not changed stays the same target", () => {
  const workloads = [pod("web-1", "10.1.0.1")];
  const before = compiled({ workloads });
  const after = compiled({ workloads: [...workloads, pod("web-2", "10.1.0.2")] }, before);
  assert.equal(after.snapshot.direct.get("10.1.0.1"), before.snapshot.direct.get("10.1.0.1"));
  assert.equal(after.snapshot.direct.size, 2);
});

test("whoever wants to be called without mutual TLS is, at a service's address and its own", () => {
  const peerRules = [peerRule("disable", new Map([[9081, "strict" as const]]))];
  const outsides = [slice("reviews", [meshed("10.1.0.1", "reviews-a")])];
  const parts = {
    services: [sampleService("reviews")],
    workloads: [pods.get("reviews-a")!],
    outsides,
  };
  assert.deepEqual(endpointsOf(outbound({ ...parts, peerRules })).map(shown), [
    "plaintext 10.1.0.1:9080",
  ]);
  const speaks = (rules: readonly PeerRule[], key: string) => {
    const { snapshot } = compiled({ ...parts, peerRules: rules });
    return endpointsOf(projectOutbound(snapshot, key, VIEWER)).map((each) => each.speaks);
  };
  assert.deepEqual(speaks(peerRules, "10.1.0.1:9080"), ["plaintext"]);
  assert.deepEqual(speaks(peerRules, "10.1.0.1:9081"), ["weft"]);
  assert.deepEqual(speaks([peerRule("permissive")], "10.1.0.1:9080"), ["weft"]);
});

test("a DestinationRule says before that how a pod is called", () => {
  const outsides = [slice("reviews", [meshed("10.1.0.1", "reviews-a")])];
  const parts = {
    services: [sampleService("reviews")],
    workloads: [pods.get("reviews-a")!],
    outsides,
  };
  const called = (tls: TlsOrigination, mode: PeerMode) => {
    const subsets = [{ ...sampleSubsets("reviews", []), policy: { tls } }];
    const [endpoint] = endpointsOf(outbound({ ...parts, subsets, peerRules: [peerRule(mode)] }));
    assert.ok(endpoint);
    const over = endpoint.speaks === "plaintext" && endpoint.tls ? " over TLS" : "";
    return `${endpoint.speaks}${over}`;
  };
  assert.equal(called({ kind: "none" }, "strict"), "plaintext");
  assert.equal(called({ kind: "mesh" }, "disable"), "weft");
  assert.equal(called({ kind: "tls", caFile: "/ca.pem" }, "permissive"), "plaintext over TLS");
  // It can't be done as it is written, and nothing less is safe.
  assert.equal(called({ kind: "invalid", reason: "unreadable" }, "disable"), "weft");
});

test("people are told how a pod is called, and by which rule", () => {
  const outsides = [slice("reviews", [meshed("10.1.0.1", "reviews-a")])];
  const parts = {
    services: [sampleService("reviews")],
    workloads: [pods.get("reviews-a")!],
    outsides,
  };
  const peers = (peerRules: readonly PeerRule[]) =>
    compiled({ ...parts, peerRules }).snapshot.members.get("bookshop/reviews/9080")![0]!.peers;
  assert.deepEqual(peers([]), { mode: "permissive", rule: "" });
  const rule = "PeerAuthentication bookshop/reviews";
  assert.deepEqual(peers([peerRule("strict")]), { mode: "strict", rule });
});

test("a pod takes any port, and plaintext as its rule says", () => {
  const workloads = [pod("reviews-a", "10.1.0.1")];
  const inbound = (peerRules: readonly PeerRule[]) => {
    const plan = compiled({ workloads, peerRules }).snapshot.inbound.get("bookshop/reviews-a")!;
    const ports = plan.ports.map(({ port, takesPlaintext }) => [port, takesPlaintext]);
    return [plan.takesAnyPort, plan.takesPlaintext, ...ports];
  };
  assert.deepEqual(inbound([]), [true, true, [9080, undefined]]);
  assert.deepEqual(inbound([peerRule("strict")]), [true, undefined, [9080, undefined]]);
  const some = new Map([
    [9080, "permissive" as const],
    [15, "disable" as const],
  ]);
  assert.deepEqual(inbound([peerRule("strict", some)]), [
    true,
    undefined,
    [9080, true],
    [15, true],
  ]);
});

test("in a cluster services without endpoints, and slices of others, are no findings", () => {
  const services = [sampleService("reviews"), sampleService("idle")];
  const outsides = [slice("reviews", [plain("10.1.0.2")])];
  assert.deepEqual(compiled({ services, outsides }).diagnostics, []);
});

function compiled(parts: Parameters<typeof sampleModel>[0], before?: Compilation) {
  const model = sampleModel(parts);
  const mesh = { ...model.mesh, onKubernetes: true as const, allowsUnknown: true as const };
  return compile({ ...model, mesh }, [], 1, undefined, before);
}

function outbound(parts: Parameters<typeof sampleModel>[0]): OutboundPlan | undefined {
  return projectOutbound(compiled(parts).snapshot, "reviews:9080", VIEWER);
}

function endpointsOf(plan: OutboundPlan | undefined): readonly EndpointPlan[] {
  return (plan?.backends ?? []).flatMap((each) =>
    each.kind === "endpoints" ? each.endpoints : [],
  );
}

function shown(endpoint: EndpointPlan): string {
  const { speaks, address, port, workload } = endpoint;
  if (endpoint.speaks === "plaintext") return `${speaks} ${address}:${port}`;
  return `${speaks} ${address}:${endpoint.meshPort} ${port} ${workload.name} ${endpoint.identity}`;
}

const pods = new Map<string, Workload>();

function pod(name: string, address: string, parts: Partial<Workload> = {}): Workload {
  const workload = sampleWorkload(name, {
    ...{ serviceAccount: "reviews", controller: "reviews", addresses: [address] },
    ...parts,
  });
  pods.set(name, workload);
  return workload;
}

function peerRule(mode: PeerMode, ports: PeerRule["ports"] = new Map()): PeerRule {
  const selector = new Map([["app", "reviews"]]);
  const origin = sampleOrigin("PeerAuthentication", "reviews");
  return { origin, createdAtMs: 0, namespace: "bookshop", selector, mode, ports };
}

function meshed(address: string, name: string): OutsideAddress {
  return { address, name, isReady: true, workload: pods.get(name) ?? pod(name, address) };
}

function plain(address: string): OutsideAddress {
  return { address, name: address, isReady: true };
}

function slice(
  service: Service["name"],
  addresses: readonly OutsideAddress[],
  port = 9080,
): Outside {
  return {
    origin: sampleOrigin("EndpointSlice", service),
    service: { namespace: "bookshop", name: service },
    addresses,
    ports: [{ name: "http", port }],
  };
}
