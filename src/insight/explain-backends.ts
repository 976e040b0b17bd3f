// Where the rule that takes a request may send it, with everything that each backend selects.

import type { ExplainedBackend, ExplainedMember, ExplainedTarget } from "#api/explanation.ts";
import type { DecisionRequest } from "#decision/decision.ts";
import type { DecisionTrace } from "#decision/explain-decision.ts";
import { backendKey } from "#snapshot/backend-key.ts";
import type { EndpointPlan, OutboundPlan } from "#snapshot/plan.ts";
import type { Member, Snapshot } from "#snapshot/snapshot.ts";
import { explainChanges } from "./explain-changes.ts";

export function explainBackends(
  snapshot: Snapshot,
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
    target: targetOf(snapshot, plan, backendIndex),
    ...explainChanges(route, i, request),
  }));
}

function targetOf(snapshot: Snapshot, plan: OutboundPlan, index: number): ExplainedTarget {
  const backend = plan.backends[index];
  if (backend?.kind !== "endpoints") {
    return { kind: "invalid", reason: backend?.reason ?? "The plan has no such backend" };
  }
  const { namespace, service, subset, port, endpoints, policy } = backend;
  const members = snapshot.members.get(backendKey(backend)) ?? [];
  return {
    ...{ kind: "service", namespace, service, subset, port },
    members: members.map((member) => explainMember(member, endpoints)),
    ...(policy ? { policy } : {}),
  };
}

function explainMember(
  { workload, state }: Member,
  endpoints: readonly EndpointPlan[],
): ExplainedMember {
  const { namespace, name, version } = workload;
  const own = endpoints.filter(({ workload: other }) => {
    return other.namespace === namespace && other.name === name;
  });
  return {
    ...{ namespace, name, version, state },
    addresses: own.map(addressOf),
    identity: identityOf(own[0]),
  };
}

function addressOf(endpoint: EndpointPlan): string {
  const { address } = endpoint;
  return `${address}:${endpoint.speaks === "plaintext" ? endpoint.port : endpoint.meshPort}`;
}

function identityOf(endpoint: EndpointPlan | undefined): string | null {
  return endpoint === undefined || endpoint.speaks === "plaintext" ? null : endpoint.identity;
}
