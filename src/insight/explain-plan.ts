// The decision that a plan takes on one request, with everything that led to it.

import type { ExplainedTraffic } from "#api/explained-traffic.ts";
import type {
  ExplainedBackend,
  ExplainedOutcome,
  ExplainedRequest,
  ExplainedRule,
  ExplainedService,
  ExplainedTarget,
  ExplainedView,
  RequestInQuestion,
} from "#api/explanation.ts";
import type { BoundReply } from "#decision/bound-shape.ts";
import type { DecisionRequest } from "#decision/decision.ts";
import {
  type DecisionTrace,
  explainDecision,
  type TriedRoute,
} from "#decision/explain-decision.ts";
import { redirectLocation } from "#decision/redirect-location.ts";
import type { PlacePlan } from "#snapshot/locality-plan.ts";
import type { EndpointsBackendPlan, OutboundPlan } from "#snapshot/plan.ts";
import type { Member } from "#snapshot/snapshot.ts";
import { explainBackends } from "./explain-backends.ts";
import { explainTraffic } from "./explain-traffic.ts";

export type PlanContext = {
  readonly revision: number;
  // What a backend selects, ready or not.
  members(backend: EndpointsBackendPlan): readonly Member[];
  readonly views: readonly ExplainedView[];
  // Where the caller is; undefined where nobody kept that.
  readonly place?: PlacePlan;
};

export function explainPlan(
  plan: OutboundPlan,
  request: RequestInQuestion,
  context: PlanContext,
): ExplainedRequest {
  const { method, authority, path, draw, scheme = "http" } = request;
  const serverName = request.serverName?.toLowerCase() ?? "";
  const asked = { method, authority, path, scheme, headers: request.headers.flat(), serverName };
  const trace = explainDecision(plan, asked, draw ?? 0, request.from ?? "");
  const { route } = trace.decision;
  const traffic = route && explainTraffic(plan, route, request);
  const backends = explainBackends(context, plan, trace, draw !== null, asked);
  return {
    kind: "explained",
    revision: context.revision,
    request,
    service: explainService(plan),
    rules: trace.tried.map((tried) => explainRule(plan, tried)),
    rulesNotReached: plan.routes.length - trace.tried.length,
    backends,
    ...(traffic ? { traffic } : {}),
    ...(route?.session ? { session: route.session } : {}),
    outcome: abortOf(traffic) ?? outcomeOf(trace, backends, asked),
  };
}

function abortOf(traffic: ExplainedTraffic | undefined): ExplainedOutcome | undefined {
  const abort = traffic?.faults.find(({ kind, isHit }) => kind === "abort" && isHit);
  if (!abort) return undefined;
  const reason = `The rule aborts it on purpose, with status ${abort.status}`;
  return { kind: "answer", cause: "fault-injected", reason };
}

function explainService({ id, scope, protocol }: OutboundPlan): ExplainedService {
  const { namespace, name, port, host } = scope;
  const [, consumerNamespace = null] = id.split("@");
  return { namespace, name, port, host, protocol, planId: id, consumerNamespace };
}

function explainRule(plan: OutboundPlan, tried: TriedRoute): ExplainedRule {
  const { name, rule, ruleName, origin, matches } = plan.routes[tried.routeIndex]!;
  return {
    ...{ name, rule, ruleName },
    file: origin?.file || null,
    line: origin?.line || null,
    isMatched: tried.isMatched,
    isForAll: matches.length === 0,
    misses: tried.misses.map((miss) => ({ ...miss, found: miss.found ?? null })),
  };
}

// Of what may be chosen: where nothing was drawn, the answer is told only if it is sure.
function outcomeOf(
  { decision }: DecisionTrace,
  backends: readonly ExplainedBackend[],
  request: DecisionRequest,
): ExplainedOutcome {
  if (decision.kind === "reply") return replyOutcome(decision.reply, request);
  const chosen = backends.filter(({ isChosen }) => isChosen);
  const targets = (chosen.length > 0 ? chosen : backends).map(({ target }) => target);
  const isAnswer = targets.every(({ kind }) => kind === "invalid");
  if (isAnswer && decision.kind === "answer") {
    return { kind: "answer", cause: decision.code, reason: decision.detail };
  }
  if (targets.some(isReachable)) return { kind: "forward" };
  const isFar = targets.some(
    (target) => target.kind === "service" && target.nearness !== undefined,
  );
  const where = isFar ? ", and where the caller may go" : "";
  const reason = `None of the workloads that could answer is ready${where}`;
  return { kind: "answer", cause: "no-endpoint", reason };
}

function isReachable(target: ExplainedTarget): boolean {
  if (target.kind !== "service") return false;
  const { members, nearness } = target;
  const far = nearness?.outOfReach ?? [];
  const ready = members.filter(({ state }) => state === "ready");
  return ready.some(({ namespace, name }) => !far.includes(`${namespace}/${name}`));
}

function replyOutcome(reply: BoundReply, request: DecisionRequest): ExplainedOutcome {
  return {
    ...{ kind: "reply", reply: reply.kind, status: reply.status },
    location: reply.kind === "redirect" ? redirectLocation(reply, request) : null,
    bodyBytes: reply.kind === "direct" ? reply.body.length : 0,
  };
}
