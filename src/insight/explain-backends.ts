// Where the rule that takes a request may send it, with everything that each backend selects.

import type {
  ExplainedBackend,
  ExplainedMember,
  ExplainedTarget,
  ExplainedView,
} from "#api/explanation.ts";
import type { DecisionRequest } from "#decision/decision.ts";
import type { DecisionTrace } from "#decision/explain-decision.ts";
import { backendKey } from "#snapshot/backend-key.ts";
import type { EndpointPlan, OutboundPlan } from "#snapshot/plan.ts";
import type { Member } from "#snapshot/snapshot.ts";
import { explainChanges } from "./explain-changes.ts";
import { explainNearness } from "./explain-nearness.ts";
import type { PlanContext } from "./explain-plan.ts";

export function explainBackends(
  context: PlanContext,
  plan: OutboundPlan,
  { candidates, decision }: DecisionTrace,
  isDrawn: boolean,
  request: DecisionRequest,
): ExplainedBackend[] {
  const route = plan.routes[decision.routeIndex];
  return candidates.map(({ backendIndex, weight, share, isChosen }, i) => ({
    weight,
    percent: Math.round(share * 10_000) / 100,
    isChosen: isChosen && (isDrawn || candidates.length === 1),
    target: targetOf(context, plan, backendIndex),
    ...explainChanges(route, i, request),
  }));
}

function targetOf(context: PlanContext, plan: OutboundPlan, index: number): ExplainedTarget {
  const backend = plan.backends[index];
  if (backend?.kind !== "endpoints") {
    return { kind: "invalid", reason: backend?.reason ?? "The plan has no such backend" };
  }
  const { namespace, service, subset, port, endpoints, policy } = backend;
  // Proxies tell of a service's endpoints, whichever part of them was dialled.
  const whole = backendKey({ namespace, service, subset, port });
  const views = context.views.filter((view) => backendKey(view) === whole);
  const nearness = context.place && explainNearness(backend, context.place);
  return {
    ...{ kind: "service", namespace, service, subset, port },
    members: context.members(backend).map((member) => explainMember(member, endpoints, views)),
    ...(policy ? { policy } : {}),
    ...(nearness ? { nearness } : {}),
  };
}

function explainMember(
  { workload, state, peers }: Member,
  endpoints: readonly EndpointPlan[],
  views: readonly ExplainedView[],
): ExplainedMember {
  const { namespace, name, version } = workload;
  const own = endpoints.filter(({ workload: other }) => {
    return other.namespace === namespace && other.name === name;
  });
  const addresses = own.map(addressOf);
  const seen = views.filter(({ address }) => addresses.includes(address));
  return {
    ...{ namespace, name, version, state, addresses },
    identity: identityOf(own[0]),
    ...(seen.length > 0 ? { views: seen } : {}),
    ...(peers ? { peers } : {}),
    ...tlsOf(own[0]),
  };
}

function tlsOf(endpoint: EndpointPlan | undefined): { readonly tls?: string } {
  if (endpoint?.speaks !== "plaintext" || !endpoint.tls) return {};
  const { serverName, names, trust, certificate, isUnverified } = endpoint.tls;
  const whose = names.length > 0 ? ` (${names.join(" or ")})` : "";
  const by = trust === "well-known" ? "a well-known authority" : trustText(trust);
  const check = isUnverified ? "believing anybody" : `vouched for by ${by}${whose}`;
  const own = trust === "mesh" || certificate ? ", with a certificate of ours" : "";
  return { tls: `over TLS to ${serverName}, ${check}${own}` };
}

function trustText(trust: "mesh" | { readonly file: string }): string {
  return trust === "mesh" ? "the mesh" : trust.file;
}

function addressOf(endpoint: EndpointPlan): string {
  const { address } = endpoint;
  return `${address}:${endpoint.speaks === "plaintext" ? endpoint.port : endpoint.meshPort}`;
}

function identityOf(endpoint: EndpointPlan | undefined): string | null {
  return endpoint === undefined || endpoint.speaks === "plaintext" ? null : endpoint.identity;
}
