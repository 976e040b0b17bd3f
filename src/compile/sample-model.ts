// Models for tests, written in few words. Everything lies in namespace "bookshop" unless it says
// otherwise.

import type { Model, Service, SubsetRule, Workload } from "#ir/model.ts";
import type { Origin } from "#ir/origin.ts";
import type { HttpRoute, RouteBackend, RouteMatch, RouteRule } from "#ir/route.ts";
import type { Registration } from "#snapshot/registration.ts";

const NAMESPACE = "bookshop";
const TRUST_DOMAIN = "mesh.local";

export function sampleModel(parts: Partial<Model>): Model {
  return {
    mesh: { trustDomain: TRUST_DOMAIN, certificateLifeMs: 86_400_000 },
    workloads: [],
    services: [],
    outsides: [],
    serviceAccounts: [],
    subsets: [],
    routes: [],
    ...parts,
  };
}

export function sampleOrigin(kind: string, name: string, line = 1, namespace = NAMESPACE): Origin {
  const ref = { group: "", kind, namespace, name };
  return { ref, position: { file: `${name}.yaml`, line, column: 1 } };
}

// "reviews-v1" bears app=reviews and version=v1.
export function sampleWorkload(name: string, parts: Partial<Workload> = {}): Workload {
  const [app = name, version] = name.split("-");
  return {
    namespace: NAMESPACE,
    name,
    origin: sampleOrigin("Workload", name),
    labels: new Map([["app", app], ...(version ? [["version", version] as const] : [])]),
    serviceAccount: app,
    ports: [{ name: "http", port: 9080, protocol: "http" }],
    dependencies: [],
    command: [],
    workingFolder: undefined,
    environment: new Map(),
    readiness: { kind: "none" },
    ...parts,
  };
}

export function sampleService(name: string, parts: Partial<Service> = {}): Service {
  return {
    namespace: NAMESPACE,
    name,
    origin: sampleOrigin("Service", name),
    selector: new Map([["app", name]]),
    ports: [{ name: "http", port: 9080, targetPort: "http", protocol: "http" }],
    ...parts,
  };
}

// Subsets v1, v2, ... by label version.
export function sampleSubsets(service: string, names: readonly string[]): SubsetRule {
  return {
    origin: sampleOrigin("DestinationRule", service),
    service: { namespace: NAMESPACE, name: service },
    subsets: names.map((name) => ({ name, labels: new Map([["version", name]]) })),
  };
}

export function sampleRegistration(
  { namespace, name, serviceAccount }: Workload,
  parts: Partial<Registration> = {},
): Registration {
  return {
    namespace,
    name,
    identity: `spiffe://${TRUST_DOMAIN}/ns/${namespace}/sa/${serviceAccount}`,
    address: "127.64.0.1",
    meshPort: 15_008,
    isReady: true,
    ...parts,
  };
}

export type RuleSketch = {
  readonly matches?: readonly Partial<RouteMatch>[];
  readonly backends?: readonly RouteBackend[];
};

export function sampleHttpRoute(
  name: string,
  rules: readonly RuleSketch[],
  parts: Partial<HttpRoute> = {},
): HttpRoute {
  return {
    origin: sampleOrigin("HTTPRoute", name),
    dialect: "gateway-api",
    parents: [{ service: { namespace: NAMESPACE, name: "reviews" }, port: undefined }],
    authorities: [],
    consumerNamespace: undefined,
    order: "most-specific",
    createdAtMs: 0,
    rules: rules.map((rule, index) => sampleRule("HTTPRoute", name, rule, index)),
    ...parts,
  };
}

export function sampleVirtualService(
  name: string,
  rules: readonly RuleSketch[],
  parts: Partial<HttpRoute> = {},
): HttpRoute {
  return sampleHttpRoute(name, [], {
    origin: sampleOrigin("VirtualService", name),
    dialect: "istio",
    order: "as-written",
    rules: rules.map((rule, index) => sampleRule("VirtualService", name, rule, index)),
    ...parts,
  });
}

// "reviews", or "reviews/v2" for a subset.
export function sampleBackendRef(text: string, weight = 1, port?: number): RouteBackend {
  const [name = "", subset] = text.split("/");
  const service = { namespace: NAMESPACE, name };
  const origin = sampleOrigin("Backend", name);
  return { kind: "service", service, port, subset, weight, origin };
}

export function sampleMatch(parts: Partial<RouteMatch>): RouteMatch {
  return {
    path: undefined,
    method: undefined,
    authority: undefined,
    headers: [],
    query: [],
    ...parts,
  };
}

function sampleRule(kind: string, name: string, sketch: RuleSketch, index: number): RouteRule {
  return {
    name: "",
    index,
    origin: sampleOrigin(kind, name, 10 + index),
    matches: (sketch.matches ?? []).map(sampleMatch),
    backends: sketch.backends ?? [sampleBackendRef("reviews")],
  };
}
