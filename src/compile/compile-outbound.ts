// The plan for one service port, as callers in one namespace or anywhere see it.

import type { Diagnostic } from "#ir/diagnostic.ts";
import { nameKey, type Service, type ServicePort } from "#ir/model.ts";
import { refText } from "#ir/origin.ts";
import type { HttpRoute, RouteBackend, RouteRule } from "#ir/route.ts";
import type { MatchPlan, OriginPlan, OutboundPlan, RoutePlan } from "#snapshot/plan.ts";
import type { ShapePlan } from "#snapshot/shape-plan.ts";
import type { Member } from "#snapshot/snapshot.ts";
import type { AttachedRoute } from "./attach-routes.ts";
import { BackendTable } from "./backend-table.ts";
import type { Catalog } from "./catalog.ts";
import { dependsOnMatch, replyPlan, shapePlan } from "./compile-shape.ts";
import { compileTraffic } from "./compile-traffic.ts";
import { hostOf } from "./host-of.ts";
import { type LayerRoutes, layerRoutes } from "./layer-routes.ts";
import type { LeftOver } from "./left-over.ts";
import { matchPlan } from "./match-plan.ts";
import { withHash } from "./plan-hash.ts";
import type { RankedMatch } from "./rank-matches.ts";
import { withFault } from "./with-fault.ts";

export type OutboundInput = {
  readonly catalog: Catalog;
  readonly service: Service;
  readonly port: ServicePort;
  readonly attached: readonly AttachedRoute[];
  readonly consumer: string | undefined;
  readonly members: Map<string, readonly Member[]>; // filled
};

export type CompiledOutbound = {
  readonly plan: OutboundPlan;
  readonly diagnostics: readonly Diagnostic[];
};

export function compileOutbound(input: OutboundInput): CompiledOutbound {
  const { catalog, service, port, attached, consumer, members } = input;
  const { namespace, name } = service;
  const table = new BackendTable(catalog, service, port.port, consumer, members);
  const own = catalog.allocated.get(service);
  const addresses = [...(service.addresses ?? []), ...(own === undefined ? [] : [own])];
  const layer = (isAboutRequests: boolean): LayerRoutes => {
    const some = attached.filter(({ route }) => (route.layer === undefined) === isAboutRequests);
    return layerRoutes(catalog, some, service, port, consumer, addresses);
  };
  const [requests, connections] = [layer(true), layer(false)];
  const routes = routesOf(input, requests, connections, table);
  const key = `${namespace}/${name}/${port.port}`;
  const plan = withHash({
    kind: "outbound" as const,
    id: `outbound/${consumer === undefined ? key : `${key}@${consumer}`}`,
    scope: {
      ...{ kind: "service-port" as const, namespace, name, port: port.port },
      host: hostOf(service),
    },
    protocol: port.protocol,
    ...(readsServerName(connections) && { readsServerName: true as const }),
    routes: withFault(routes, catalog.faultsOf.get(nameKey(service)) ?? [], port),
    backends: table.backends,
  });
  const diagnostics = [...requests.diagnostics, ...connections.diagnostics, ...table.diagnostics];
  return { plan, diagnostics };
}

// A routed service answers only what a rule matches, and what the rules are not about; one that
// nothing routes answers everything.
// What is spoken on an undeclared port may turn out to be no HTTP: rules for requests are not about
// that, so it goes as those for connections say, or to the service as if there were none.
function routesOf(
  { catalog, service, port }: OutboundInput,
  requests: LayerRoutes,
  connections: LayerRoutes,
  table: BackendTable,
): RoutePlan[] {
  const isUndeclared = port.protocol === "detect";
  const own = (matches: readonly MatchPlan[]): RoutePlan[] => [
    defaultRoute(table.indexOfService(service, port, undefined), matches),
  ];
  if (!requests.isRouted && !connections.isRouted) return own([]);
  const routed = ({ ranked, rest }: LayerRoutes, within?: MatchPlan): RoutePlan[] => [
    ...routePlans(ranked, table, catalog, within),
    ...(rest ? own(restMatches(rest, within)) : []),
  ];
  const within = isUndeclared ? PLAIN_TUNNEL : undefined;
  const ofBytes = () => (connections.isRouted ? routed(connections, within) : own([PLAIN_TUNNEL]));
  if (port.protocol === "tcp") return ofBytes();
  const first = isUndeclared ? ofBytes() : [];
  return [...first, ...(requests.isRouted ? routed(requests) : own([]))];
}

function restMatches(rest: LeftOver, within: MatchPlan | undefined): readonly MatchPlan[] {
  if (!within && Object.keys(rest).length === 0) return [];
  return [{ ...(within ?? EVERYTHING), ...rest }];
}

function readsServerName({ ranked }: LayerRoutes): boolean {
  return ranked.some(({ match }) => match.serverNames !== undefined);
}

const EVERYTHING: MatchPlan = {
  authorities: [],
  path: undefined,
  method: undefined,
  authority: undefined,
  headers: [],
  query: [],
};

// Only CONNECT comes without a path.
const PLAIN_TUNNEL: MatchPlan = {
  ...EVERYTHING,
  path: { kind: "exact", value: "" },
  method: "CONNECT",
};

function defaultRoute(backend: number, matches: readonly MatchPlan[]): RoutePlan {
  return {
    name: "default",
    rule: 0,
    ruleName: "",
    origin: undefined,
    matches,
    action: { kind: "forward", backends: [{ backend, weight: 1 }] },
  };
}

// Neighbours that lead into one rule are one route with several matches.
function routePlans(
  ranked: readonly RankedMatch[],
  table: BackendTable,
  catalog: Catalog,
  within?: Pick<MatchPlan, "path" | "method">,
): RoutePlan[] {
  const routes: RoutePlan[] = [];
  for (let start = 0; start < ranked.length; ) {
    const { route, rule, match } = ranked[start]!;
    let end = start + 1;
    const isAlone = dependsOnMatch(rule);
    while (!isAlone && ranked[end]?.rule === rule && ranked[end]?.route === route) end++;
    const isForAll = rule.matches.length === 0 && isForAnyHost(route) && !within;
    routes.push({
      // Of what is delegated, the object that the rule stands in.
      name: refText(rule.origin.ref),
      rule: rule.index,
      ruleName: rule.name,
      origin: originPlan(route, rule),
      matches: isForAll ? [] : matchPlans(catalog, ranked.slice(start, end), within),
      action: { kind: "forward", backends: weightedBackends(rule, table) },
      ...compileTraffic(rule.traffic, table),
      ...(rule.session ? { session: rule.session } : {}),
      ...(rule.reply ? { reply: replyPlan(rule.reply, match.path) } : {}),
      ...(rule.shape ? { shape: shapePlan(rule.shape, match.path) } : {}),
    });
    start = end;
  }
  return routes;
}

function isForAnyHost({ authorities, exceptAuthorities }: HttpRoute): boolean {
  return authorities.length === 0 && exceptAuthorities === undefined;
}

function matchPlans(
  catalog: Catalog,
  ranked: readonly RankedMatch[],
  within: Pick<MatchPlan, "path" | "method"> | undefined,
): MatchPlan[] {
  return ranked.map(({ route, match }) => {
    const plan = matchPlan(catalog, route, match);
    return within ? { ...plan, path: within.path, method: within.method } : plan;
  });
}

function originPlan({ origin }: HttpRoute, rule: RouteRule): OriginPlan {
  const { kind, namespace, name } = rule.origin.ref;
  const position = rule.origin.position ?? origin.position;
  return { kind, namespace, name, file: position?.file ?? "", line: position?.line ?? 0 };
}

function weightedBackends(rule: RouteRule, table: BackendTable) {
  // Every backend is looked at, so that one with weight 0 is reported when it is wrong.
  return rule.backends
    .map((backend) => ({
      ...{ backend: table.indexOf(backend), weight: backend.weight },
      ...shapeOf(backend),
    }))
    .filter(({ weight }) => Number.isFinite(weight) && weight > 0);
}

function shapeOf(backend: RouteBackend): { readonly shape?: ShapePlan } {
  if (backend.kind !== "service" || !backend.shape) return {};
  return { shape: shapePlan(backend.shape, undefined) };
}
