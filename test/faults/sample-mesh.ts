// The plans of a mesh of two: `front` asks, `back` answers. Its services, by what they are for:
//   back.shop:8080   HTTP/1            back.shop:8081   HTTP/2, gRPC
//   back.shop:9000   TCP               twin.shop:8080   as 8080, but one of its two is dead
//   back.shop:9100   undeclared, HTTP  gone.shop:8080   all that there was is dead
//   back.shop:9200   undeclared, TCP
//   ruled.shop:8080  as back.shop:8080, by a rule with times, retries and a mirror
//   abroad.shop:8080, :9000   as those of back, over HBONE
// A gateway has the same plans, "web.example" for back.shop:8080 and "secret.example" for its 9000.

import { samplePlan } from "#decision/sample-plans.ts";
import type { GatewayPlan } from "#snapshot/gateway-plan.ts";
import type { Update } from "#snapshot/messages.ts";
import type { InboundPlan, MeshEndpointPlan, OutboundPlan, PlanProtocol } from "#snapshot/plan.ts";
import type { RouteTrafficPlan } from "#snapshot/route-traffic-plan.ts";

export const PORTS = {
  outbound: 15001,
  tcp: 16379,
  http: 10_080,
  tls: 10_443,
  mesh: 15008,
  dead: 15998,
  metrics: 15020,
  health: 15021,
  control: 15012,
} as const;
export const FRONT = "spiffe://mesh.local/ns/shop/sa/front";
export const BACK = "spiffe://mesh.local/ns/shop/sa/back";
export const ADDRESS = "10.0.0.1";

const PROTOCOLS: Readonly<Record<number, PlanProtocol>> = {
  8080: "http",
  8081: "http2",
  9000: "tcp",
  9100: "detect",
  9200: "detect",
};
export const APPLICATION_PORTS = Object.keys(PROTOCOLS).map(Number);
// Of the two proxies' listeners of one kind, the second one's.
export const BACK_OFFSET = 10_000;

const WORKLOAD = {
  namespace: "shop",
  name: "back",
  serviceAccount: "back",
  app: "back",
  version: "",
};

export function frontPlans(revision: number): Update {
  const plans = [
    plan("back", 8080),
    plan("back", 8081),
    plan("back", 9000),
    plan("back", 9100),
    plan("back", 9200),
    plan("twin", 8080),
    plan("gone", 8080),
    plan("abroad", 8080),
    plan("abroad", 9000),
    ruledPlan(),
  ];
  return {
    type: "update",
    revision,
    keys: plans.map(({ id, scope }) => [`${scope.name}.shop:${scope.port}`, id]),
    plans,
    removed: [],
    inbound: inboundPlan("front", []),
  };
}

// The service that answers on 8080 is gone.
export function withoutBack(revision: number): Update {
  const gone = plan("back", 8080);
  const [backend] = gone.backends;
  const empty = { ...gone, hash: "2", backends: [{ ...backend!, endpoints: [] }] } as OutboundPlan;
  return { type: "update", revision, keys: [], plans: [empty], removed: [], inbound: undefined };
}

export function backPlans(): Update {
  const inbound = inboundPlan("back", APPLICATION_PORTS);
  return { type: "update", revision: 1, keys: [], plans: [], removed: [], inbound };
}

function plan(name: string, port: number): OutboundPlan {
  const ours = endpoint(port, BACK_OFFSET + PORTS.mesh);
  const live = name === "abroad" ? ({ ...ours, speaks: "hbone" } as const) : ours;
  const dead = endpoint(port, PORTS.dead);
  const endpoints = name === "twin" ? [dead, live] : [name === "gone" ? dead : live];
  const backend = { namespace: "shop", service: name, subset: "", port, endpoints };
  const host = `${name}.shop.svc.cluster.local`;
  return {
    ...samplePlan([{}], [{ kind: "endpoints", ...backend }]),
    id: `outbound/shop/${name}/${port}`,
    scope: { kind: "service-port", namespace: "shop", name, port, host },
    protocol: PROTOCOLS[port]!,
  };
}

function ruledPlan(): OutboundPlan {
  const on = { statuses: [[503, 503]], grpcStatuses: [], reset: true, timeout: true } as const;
  const { routes, ...others } = plan("ruled", 8080);
  const traffic: RouteTrafficPlan = {
    timeouts: { requestMs: 2_000, tryMs: 200, span: "waiting" },
    retry: { attempts: 2, backoffMs: 20, on, allowsUnsafe: false, avoidsTried: true },
    mirrors: [{ backend: 0, share: 1, marksAuthority: true }],
  };
  return { ...others, routes: routes.map((route) => ({ ...route, traffic })) };
}

export function gatewayPlan(): GatewayPlan {
  const at = { address: ADDRESS, proxyProtocol: { kind: "off" } } as const;
  const web = [{ host: "web.example", key: "back.shop:8080" }];
  const secret = [{ host: "secret.example", key: "back.shop:9000" }];
  return {
    ...{ kind: "gateway", id: "gateway/shop/front", hash: "1" },
    listeners: [
      { ...at, name: "http", port: PORTS.http, protocol: "http", hosts: web },
      { ...at, name: "tls", port: PORTS.tls, protocol: "tls-passthrough", hosts: secret },
    ],
  };
}

function endpoint(port: number, meshPort: number): MeshEndpointPlan {
  return { workload: WORKLOAD, port, speaks: "weft", address: ADDRESS, meshPort, identity: BACK };
}

function inboundPlan(name: string, ports: readonly number[]): InboundPlan {
  return {
    kind: "inbound",
    id: `inbound/shop/${name}`,
    hash: "1",
    workload: { ...WORKLOAD, name, serviceAccount: name, app: name },
    trustDomain: "mesh.local",
    limits: [],
    ports: ports.map((port) => ({
      port,
      name: "",
      protocol: PROTOCOLS[port]!,
      service: "back",
      serviceNamespace: "shop",
    })),
  };
}
