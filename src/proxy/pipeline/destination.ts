// An outbound plan, bound: what decides, where it may go, and where it is counted.

import { bindOutbound } from "#decision/bind.ts";
import type { BoundOutbound } from "#decision/bound-outbound.ts";
import type { BackendPlan, OutboundPlan, WorkloadPlan } from "#snapshot/plan.ts";
import type { SeriesKey } from "#snapshot/report.ts";
import type { Endpoint, Forwarding, Series } from "./endpoint.ts";
import type { Endpoints } from "./endpoints.ts";

export type Destination = {
  readonly plan: OutboundPlan;
  readonly bound: BoundOutbound;
  readonly boundAtMs: number;
  // By route, then by backend.
  readonly forwardings: readonly (readonly Forwarding[])[];
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
  const forwardings = plan.routes.map((route) => {
    const routeName = `${route.name} ${route.rule}`;
    return plan.backends.map((backend) =>
      forwardingOf(
        backend,
        route.origin ? `${route.origin.namespace}/${route.origin.name}` : "",
        { ...base, route: routeName, backend: backendName(backend) },
        source,
        endpoints,
        seriesOf,
      ),
    );
  });
  const bound = bindOutbound(plan);
  return { plan, bound, boundAtMs: nowMs, forwardings, unrouted: seriesOf(base) };
}

function forwardingOf(
  backend: BackendPlan,
  rule: string,
  key: SeriesKey,
  source: WorkloadPlan,
  endpoints: Endpoints,
  seriesOf: SeriesOf,
): Forwarding {
  const plans = backend.kind === "endpoints" ? backend.endpoints : [];
  const bound: readonly Endpoint[] = plans.map((plan) => endpoints.of(plan));
  const headers = plans.map(({ port }) => [
    "weft-port",
    String(port),
    "weft-source",
    `${source.namespace}/${source.name}`,
  ]);
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
        destinationNamespace: plans[at]!.workload.namespace,
        destinationWorkload: plans[at]!.workload.name,
        destinationIdentity: plans[at]!.identity,
        isMutualTls: true,
      });
      return series[at];
    },
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
