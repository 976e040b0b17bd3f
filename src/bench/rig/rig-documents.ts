// The documents of a rig: a caller, a backend, and a hundred routes between them.

import type { RigOptions, RigProtocol } from "./rig-options.ts";

export const RIG_NAMESPACE = "rig";
const LOGGED: ReadonlySet<string> = new Set(["access-log", "full", "full-twice", "unkept"]);
const TRACED: ReadonlySet<string> = new Set(["tracing", "full", "full-twice", "unkept"]);
// What callers dial.
export const RIG_KEY = `backend.${RIG_NAMESPACE}:80`;
// The inbound side's, as its workload declares it.
export const RIG_PORT = 8080;

const ROUTES = 100;
// Of one HTTPRoute; its CRD allows no more.
const RULES_MAX = 16;
// Spans are told to the control plane, which has nobody to send them to.
const NO_COLLECTOR = "http://127.0.0.1:9";
// A path of the load's thousand in every tenth place; what is left takes the last route.
const PATH_STEP = 10;
const PORT_NAME = "rig";
const PROTOCOLS: Readonly<Record<RigProtocol, string>> = {
  http1: "http",
  http2: "http2",
  tcp: "tcp",
};

export function rigDocuments(options: RigOptions): string {
  const { shape, backend, backendProtocol, telemetry } = options;
  const protocol = PROTOCOLS[backendProtocol];
  const isPair = shape === "pair";
  return [
    workload("caller", {}),
    service(protocol, isPair),
    ...(isPair
      ? [workload("backend", { ports: [{ name: PORT_NAME, port: RIG_PORT, protocol }] })]
      : [endpointSlice(backend.address, backend.port)]),
    ...(backendProtocol === "tcp" ? [] : httpRoutes()),
    ...meshConfig(telemetry),
  ]
    .map((document) => JSON.stringify(document))
    .join("\n---\n");
}

function meshConfig(telemetry: RigOptions["telemetry"]): object[] {
  const spec = {
    ...(LOGGED.has(telemetry) && {
      accessLog: { sides: telemetry === "full-twice" ? "both" : "served" },
    }),
    ...(TRACED.has(telemetry) && { tracing: { endpoint: NO_COLLECTOR, percent: 1 } }),
  };
  const [apiVersion, kind] = ["weft.dev/v1alpha1", "MeshConfig"];
  if (Object.keys(spec).length === 0) return [];
  return [{ apiVersion, kind, metadata: metadata("rig"), spec }];
}

function service(protocol: string, isPair: boolean): object {
  const port = { name: PORT_NAME, port: 80, targetPort: PORT_NAME, appProtocol: protocol };
  return {
    apiVersion: "v1",
    kind: "Service",
    metadata: metadata("backend"),
    spec: { ...(isPair ? { selector: { app: "backend" } } : {}), ports: [port] },
  };
}

function workload(name: string, more: object): object {
  return {
    apiVersion: "weft.dev/v1alpha1",
    kind: "Workload",
    metadata: { ...metadata(name), labels: { app: name } },
    // Nobody starts it: what it stands for is there already.
    spec: { serviceAccount: name, command: ["true"], ...more },
  };
}

function endpointSlice(address: string, port: number): object {
  return {
    apiVersion: "discovery.k8s.io/v1",
    kind: "EndpointSlice",
    metadata: { ...metadata("backend"), labels: { "kubernetes.io/service-name": "backend" } },
    addressType: address.includes(":") ? "IPv6" : "IPv4",
    ports: [{ name: PORT_NAME, port }],
    endpoints: [{ addresses: [address] }],
  };
}

function httpRoutes(): object[] {
  const backendRefs = [{ name: "backend", port: 80 }];
  const exact = Array.from({ length: ROUTES - 1 }, (_, i) => ({
    matches: [{ path: { type: "Exact", value: `/item/${(i + 1) * PATH_STEP}` } }],
    backendRefs,
  }));
  const rules = [...exact, { backendRefs }];
  return Array.from({ length: Math.ceil(rules.length / RULES_MAX) }, (_, i) => ({
    apiVersion: "gateway.networking.k8s.io/v1",
    kind: "HTTPRoute",
    metadata: metadata(`backend-${i}`),
    spec: {
      parentRefs: [{ group: "", kind: "Service", name: "backend" }],
      rules: rules.slice(i * RULES_MAX, (i + 1) * RULES_MAX),
    },
  }));
}

function metadata(name: string) {
  return { name, namespace: RIG_NAMESPACE };
}
