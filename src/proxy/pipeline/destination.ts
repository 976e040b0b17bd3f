// An outbound plan, bound: what decides, where it may go, and where it is counted.

import { bindOutbound } from "#decision/bind.ts";
import type { BoundOutbound } from "#decision/bound-outbound.ts";
import { withinReach } from "#decision/locality-groups.ts";
import type { PlacePlan } from "#snapshot/locality-plan.ts";
import type {
  BackendPlan,
  EndpointPlan,
  OutboundPlan,
  RoutePlan,
  WorkloadPlan,
} from "#snapshot/plan.ts";
import type { SeriesKey } from "#snapshot/report.ts";
import { bindBalancer } from "./bind-balancer.ts";
import { bindPicker } from "./bind-picker.ts";
import { bindSession } from "./bind-session.ts";
import type { CourseRules } from "./course.ts";
import type { Endpoint, Forwarding, Series } from "./endpoint.ts";
import type { Endpoints } from "./endpoints.ts";
import type { Picker } from "./picker.ts";
import type { ProtocolAsked } from "./plain-port.ts";
import type { RouteSession } from "./route-session.ts";
import { SessionPlace } from "./session-place.ts";
import { sourceOf } from "./source-of.ts";

export type Destination = {
  readonly plan: OutboundPlan; // as the control plane has it
  readonly bound: BoundOutbound;
  readonly boundAtMs: number;
  // By route, then by backend.
  readonly forwardings: readonly (readonly Forwarding[])[];
  // The same for requests that came over HTTP/2, of which the far end is told where nobody declares
  // what the port speaks.
  readonly overHttp2: readonly (readonly Forwarding[])[];
  // By decision, where a route or its backend changes anything.
  readonly shaped: readonly (Forwarding | undefined)[];
  readonly shapedOverHttp2: readonly (Forwarding | undefined)[];
  // By route, where a document wants them.
  readonly sessions: readonly (RouteSession | undefined)[];
  // For requests that no route takes.
  readonly unrouted: Series;
  // For those that a route answers by itself.
  repliedFor(routeIndex: number): Series;
};

export type SeriesOf = (key: SeriesKey) => Series;

export function bindDestination(
  given: OutboundPlan,
  source: WorkloadPlan,
  sourceIdentity: string,
  endpoints: Endpoints,
  seriesOf: SeriesOf,
  nowMs: number,
  isGateway = false,
  place?: PlacePlan,
  shownName = source.name, // for people: on Kubernetes its controller's
): Destination {
  const plan = withinReachOf(given, place);
  const shown = { ...source, name: shownName };
  const base = baseKey(plan, shown, sourceIdentity);
  const callerOf = sourceOf(source, isGateway);
  const sessions = plan.routes.map((route) => bindSession(route, plan.backends, endpoints.clock));
  const forwardingsFor = (asked: ProtocolAsked) => {
    const bound = plan.backends.map((backend) => {
      const candidates = backend.kind === "endpoints" ? endpoints.of(backend, asked) : [];
      const balancer = bindBalancer(backend, candidates, callerOf, place);
      return { backend, candidates, balancer };
    });
    return plan.routes.map((route, routeIndex) => {
      const routeName = `${route.name} ${route.rule}`;
      const session = sessions[routeIndex];
      return bound.map(({ backend, candidates, balancer }, i) => {
        const place = session && new SessionPlace(session, i, candidates);
        return forwardingOf(
          backend,
          route.origin ? `${route.origin.namespace}/${route.origin.name}` : "",
          rulesOf(route),
          { ...base, route: routeName, backend: backendName(backend) },
          (endpoint) => headersOf(endpoint, shown, asked),
          candidates,
          bindPicker(backend, plan.protocol, candidates, balancer, place),
          seriesOf,
        );
      });
    });
  };
  const bound = bindOutbound(plan, `${source.namespace}/${source.name}`);
  const forwardings = forwardingsFor(plan.protocol);
  const overHttp2 = plan.protocol === "detect" ? forwardingsFor("http2-first") : forwardings;
  const shaped = shapedOf(bound, forwardings);
  const shapedOverHttp2 = overHttp2 === forwardings ? shaped : shapedOf(bound, overHttp2);
  return {
    ...{
      plan: given,
      bound,
      boundAtMs: nowMs,
      forwardings,
      overHttp2,
      shaped,
      shapedOverHttp2,
      sessions,
    },
    unrouted: seriesOf(base),
    repliedFor: seriesOfReplies(plan, base, seriesOf),
  };
}

function withinReachOf(plan: OutboundPlan, place: PlacePlan | undefined): OutboundPlan {
  const backends = plan.backends.map((backend) => {
    return backend.kind === "endpoints" ? withinReach(backend, place) : backend;
  });
  return backends.every((each, i) => each === plan.backends[i]) ? plan : { ...plan, backends };
}

function shapedOf(
  { decisions }: BoundOutbound,
  forwardings: Destination["forwardings"],
): Destination["shaped"] {
  return decisions.map((decision) => {
    if (decision.kind !== "forward" || !decision.shape) return undefined;
    const { routeIndex, backendIndex, shape } = decision;
    return { ...forwardings[routeIndex]![backendIndex]!, shape };
  });
}

// Made when first used, as those of forwardings are.
function seriesOfReplies(plan: OutboundPlan, base: SeriesKey, seriesOf: SeriesOf) {
  const made: (Series | undefined)[] = [];
  return (routeIndex: number): Series => {
    const { name, rule } = plan.routes[routeIndex]!;
    made[routeIndex] ??= seriesOf({ ...base, route: `${name} ${rule}` });
    return made[routeIndex];
  };
}

function rulesOf({ traffic }: RoutePlan): CourseRules | undefined {
  if (!traffic?.timeouts && !traffic?.retry) return undefined;
  return { timeouts: traffic.timeouts, retry: traffic.retry };
}

function forwardingOf(
  backend: BackendPlan,
  rule: string,
  rules: CourseRules | undefined,
  key: SeriesKey,
  headersFor: (plan: EndpointPlan) => readonly string[],
  endpoints: readonly Endpoint[],
  picker: Picker | undefined,
  seriesOf: SeriesOf,
): Forwarding {
  const plans = backend.kind === "endpoints" ? backend.endpoints : [];
  const headers = plans.map(headersFor);
  // Made when first used: most of a plan's routes and endpoints never are.
  const series: (Series | undefined)[] = [];
  let none: Series | undefined;
  return {
    endpoints,
    picker,
    rule,
    rules,
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
