// An outbound plan, bound: what decides, where it may go, and where it is counted.

import { bindOutbound } from "#decision/bind.ts";
import type { BoundOutbound } from "#decision/bound-outbound.ts";
import type { BackendPlan, EndpointPlan, OutboundPlan, WorkloadPlan } from "#snapshot/plan.ts";
import type { SeriesKey } from "#snapshot/report.ts";
import type { Endpoint, Forwarding, Series } from "./endpoint.ts";
import type { Endpoints } from "./endpoints.ts";
import type { ProtocolAsked } from "./plain-port.ts";

export type Destination = {
  readonly plan: OutboundPlan;
  readonly bound: BoundOutbound;
  readonly boundAtMs: number;
  // By route, then by backend.
  readonly forwardings: readonly (readonly Forwarding[])[];
  // The same for requests that came over HTTP/2, of which the far end is told where nobody declares
  // what the port speaks.
  readonly overHttp2: readonly (readonly Forwarding[])[];
  // For requests that no route takes.
  readonly unrouted: Series;
};

export type SeriesOf = (key: SeriesKey) => Series;

export function bindDestination(
  plan: OutboundPlan,
  source: WorkloadPlan,
  sourceIdentity: string,
  endpoints: Endpoints,
  seriesOf: SeriesOf,
  nowMs: number,
): Destination {
  const base = baseKey(plan, source, sourceIdentity);
  const forwardingsFor = (asked: ProtocolAsked) =>
    plan.routes.map((route) => {
      const routeName = `${route.name} ${route.rule}`;
      return plan.backends.map((backend) =>
        forwardingOf(
          backend,
          route.origin ? `${route.origin.namespace}/${route.origin.name}` : "",
          { ...base, route: routeName, backend: backendName(backend) },
          (endpoint) => headersOf(endpoint, source, asked),
          (endpoint) => endpoints.of(endpoint, asked),
          seriesOf,
        ),
      );
    });
  const bound = bindOutbound(plan);
  const forwardings = forwardingsFor(plan.protocol);
  const overHttp2 = plan.protocol === "detect" ? forwardingsFor("http2-first") : forwardings;
  return { plan, bound, boundAtMs: nowMs, forwardings, overHttp2, unrouted: seriesOf(base) };
}

function forwardingOf(
  backend: BackendPlan,
  rule: string,
  key: SeriesKey,
  headersFor: (plan: EndpointPlan) => readonly string[],
  endpointOf: (plan: EndpointPlan) => Endpoint,
  seriesOf: SeriesOf,
): Forwarding {
  const plans = backend.kind === "endpoints" ? backend.endpoints : [];
  const bound: readonly Endpoint[] = plans.map(endpointOf);
  const headers = plans.map(headersFor);
  // Made when first used: most of a plan's routes and endpoints never are.
  const series: (Series | undefined)[] = [];
  let none: Series | undefined;
  return {
    endpoints: bound,
    rule,
    headersFor: (at) => headers[at]!,
    seriesFor(at) {
      if (at < 0) {
        none ??= seriesOf(key);
        return none;
      }
      series[at] ??= seriesOf({
        ...key,
        ...calledOf(plans[at]!),
      });
      return series[at];
    },
  };
}

// Only our own proxies are told of it.
function headersOf(
  plan: EndpointPlan,
  { namespace, name }: WorkloadPlan,
  asked: ProtocolAsked,
): readonly string[] {
  if (plan.speaks !== "weft") return [];
  const spoken = asked === "http2-first" ? ["weft-spoken", "http2"] : [];
  return ["weft-port", String(plan.port), "weft-source", `${namespace}/${name}`, ...spoken];
}

function calledOf(plan: EndpointPlan) {
  const { workload, speaks } = plan;
  return {
    destinationNamespace: workload.namespace,
    destinationWorkload: workload.name,
    destinationIdentity: speaks === "plaintext" ? "" : plan.identity,
    isMutualTls: speaks !== "plaintext",
  };
}

function baseKey(plan: OutboundPlan, source: WorkloadPlan, sourceIdentity: string): SeriesKey {
  return {
    reporter: "source",
    sourceNamespace: source.namespace,
    sourceWorkload: source.name,
    sourceIdentity,
    destinationNamespace: "",
    destinationWorkload: "",
    destinationIdentity: "",
    destinationService: plan.scope.name,
    destinationServiceNamespace: plan.scope.namespace,
    destinationPort: plan.scope.port,
    route: "",
    backend: "",
    isMutualTls: false,
  };
}

function backendName(backend: BackendPlan): string {
  if (backend.kind === "invalid") return "invalid";
  return backend.subset === "" ? backend.service : `${backend.service}/${backend.subset}`;
}
