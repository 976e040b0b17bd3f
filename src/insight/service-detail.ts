// A service as its callers see it: `ServiceDetail` of the admin API.

import type { ExplainedMember, ExplainedView } from "#api/explanation.ts";
import type {
  RuleBackend,
  RuleSource,
  ServiceDetail,
  ServicePortDetail,
  ServiceRule,
} from "#api/service-detail.ts";
import { expectedText } from "#decision/miss-text.ts";
import { type Model, nameKey } from "#ir/model.ts";
import { refText } from "#ir/origin.ts";
import type { RouteBackend, RouteRule } from "#ir/route.ts";
import { backendKey } from "#snapshot/backend-key.ts";
import type { MatchPlan, OutboundPlan, RoutePlan } from "#snapshot/plan.ts";
import type { Member, Snapshot } from "#snapshot/snapshot.ts";

export type DetailSources = {
  readonly snapshot: Snapshot;
  readonly model: Model;
  readonly views: readonly ExplainedView[];
};

// Undefined: the mesh has no such service.
export function serviceDetail(
  sources: DetailSources,
  namespace: string,
  name: string,
): ServiceDetail | undefined {
  const plans = [...sources.snapshot.outbound.values()].filter(
    ({ scope }) => scope.namespace === namespace && scope.name === name,
  );
  const [first] = plans;
  if (!first) return undefined;
  const ports = plans.map((plan) => portDetail(sources, plan));
  return { namespace, name, host: first.scope.host, ports };
}

function portDetail({ snapshot, model, views }: DetailSources, plan: OutboundPlan) {
  const { port } = plan.scope;
  const at = plan.id.indexOf("@");
  const detail: ServicePortDetail = {
    port,
    protocol: plan.protocol,
    callers: at < 0 ? null : plan.id.slice(at + 1),
    rules: plan.routes.map((route) => ruleDetail(model, plan, route)),
    members: membersBehind(snapshot, plan).map(({ workload, state }): ExplainedMember => {
      const { namespace: own, name: member, version } = workload;
      const addresses = addressesOf(plan, own, member);
      const seen = views.filter(({ address }) => addresses.includes(address));
      return {
        ...{ namespace: own, name: member, version, state, addresses, identity: null },
        ...(seen.length > 0 && { views: seen }),
      };
    }),
  };
  return detail;
}

// Of all its backends, each once.
function membersBehind(snapshot: Snapshot, { backends }: OutboundPlan): readonly Member[] {
  const members = new Map<string, Member>();
  for (const backend of backends) {
    if (backend.kind === "invalid") continue;
    for (const member of snapshot.members.get(backendKey(backend)) ?? []) {
      members.set(nameKey(member.workload), member);
    }
  }
  return [...members.values()];
}

function addressesOf({ backends }: OutboundPlan, namespace: string, name: string) {
  const all = backends.flatMap((backend) => (backend.kind === "invalid" ? [] : backend.endpoints));
  const own = all.filter(({ workload }) => {
    return workload.namespace === namespace && workload.name === name;
  });
  const addresses = own.map((endpoint) => {
    const port = endpoint.speaks === "plaintext" ? endpoint.port : endpoint.meshPort;
    return `${endpoint.address}:${port}`;
  });
  return [...new Set(addresses)];
}

function ruleDetail(model: Model, plan: OutboundPlan, route: RoutePlan): ServiceRule {
  const found = findRule(model, route);
  return {
    ...{ name: route.name, rule: route.rule, ruleName: route.ruleName },
    file: route.origin?.file || null,
    line: route.origin?.line || null,
    conditions: route.matches.map(conditionText).filter((text) => text !== ""),
    backends: found ? written(found) : planned(plan, route),
    hasFault: route.traffic?.fault !== undefined,
    source: found?.source ?? null,
  };
}

type FoundRule = { readonly rule: RouteRule; readonly source: RuleSource };

// The rule as it stands in its document, where that has weights to edit.
function findRule({ routes }: Model, { name, rule: index }: RoutePlan): FoundRule | undefined {
  for (const { origin, rules, layer } of routes) {
    if (refText(origin.ref) !== name || layer !== undefined) continue;
    const rule = rules.find((each) => each.index === index);
    const { kind, namespace, name: own } = origin.ref;
    const hasWeights = rule?.backends.length !== 0 && rule?.delegate === undefined;
    return rule && hasWeights ? { rule, source: { kind, namespace, name: own } } : undefined;
  }
  return undefined;
}

function written({ rule, source }: FoundRule): readonly RuleBackend[] {
  const total = rule.backends.reduce((sum, { weight }) => sum + weight, 0);
  const steps = source.kind === "VirtualService" ? ["http", "route"] : ["rules", "backendRefs"];
  return rule.backends.map((backend, i) => ({
    backend: labelOf(backend),
    weight: backend.weight,
    percent: percentOf(backend.weight, total),
    path: ["spec", steps[0]!, rule.index, steps[1]!, i, "weight"],
  }));
}

function labelOf(backend: RouteBackend): string {
  if (backend.kind === "invalid") return `(${backend.reason})`;
  const { service, subset } = backend;
  return subset === undefined ? service.name : `${service.name}/${subset}`;
}

function planned({ backends }: OutboundPlan, { action }: RoutePlan): readonly RuleBackend[] {
  const total = action.backends.reduce((sum, { weight }) => sum + weight, 0);
  return action.backends.map(({ backend: index, weight }) => {
    const plan = backends[index]!;
    const subset = plan.kind === "endpoints" && plan.subset !== "" ? `/${plan.subset}` : "";
    const backend = plan.kind === "invalid" ? `(${plan.reason})` : `${plan.service}${subset}`;
    return { backend, weight, percent: percentOf(weight, total), path: null };
  });
}

function percentOf(weight: number, total: number): number {
  return total === 0 ? 0 : Math.round((weight / total) * 10_000) / 100;
}

// "path /books, method GET, header x-user exactly ann"
function conditionText(match: MatchPlan): string {
  const { path, method, authority, headers, query, authorities, callers, scheme } = match;
  const parts = [
    ...(path ? [`path ${expectedText(path)}`] : []),
    ...(method !== undefined ? [`method ${method}`] : []),
    ...(scheme ? [`scheme ${expectedText(scheme)}`] : []),
    ...(authority ? [`host ${expectedText(authority)}`] : []),
    ...(authorities.length > 0 ? [`host ${authorities.join(" or ")}`] : []),
    ...headers.map(({ name, value }) => `header ${name} ${expectedText(value)}`),
    ...query.map(({ name, value }) => `query ${name} ${expectedText(value)}`),
    ...(callers ? [`from ${callers.join(" or ")}`] : []),
  ];
  return parts.join(", ");
}
