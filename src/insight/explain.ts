// Answers where a hypothetical request would go, with the very code that the proxies decide by.

import type { Answer } from "#api/answer.ts";
import type { ApiError } from "#api/api-error.ts";
import type { ExplainedTraffic } from "#api/explained-traffic.ts";
import type {
  ExplainedBackend,
  ExplainedOutcome,
  ExplainedRequest,
  ExplainedRule,
  ExplainedService,
  ExplainRequest,
  Explanation,
  RequestInQuestion,
} from "#api/explanation.ts";
import { parseKey } from "#compile/resolve-key.ts";
import type { BoundReply } from "#decision/bound-shape.ts";
import type { DecisionRequest } from "#decision/decision.ts";
import {
  type DecisionTrace,
  explainDecision,
  type TriedRoute,
} from "#decision/explain-decision.ts";
import { redirectLocation } from "#decision/redirect-location.ts";
import type { Model } from "#ir/model.ts";
import type { OutboundPlan } from "#snapshot/plan.ts";
import type { Snapshot } from "#snapshot/snapshot.ts";
import { explainBackends } from "./explain-backends.ts";
import { explainTraffic } from "./explain-traffic.ts";
import { findDestination } from "./find-destination.ts";
import { findSource } from "./find-source.ts";

const DEFAULT_NAMESPACE = "default";

export function explain(
  snapshot: Snapshot,
  model: Model,
  asked: ExplainRequest,
): Answer<Explanation> {
  const question = completeRequest(snapshot, asked);
  if (question.kind === "error") return question;
  const request = question.value;
  const { revision } = snapshot;
  const viewer = { namespace: request.namespace };
  const found = findDestination(snapshot, model.services, request.to, viewer);
  const value: Explanation =
    found.kind === "found"
      ? explainPlan(snapshot, found.plan, request)
      : {
          ...{ kind: "unknown-destination", revision, request, cause: "destination-unknown" },
          ...{ reason: found.reason, suggestions: found.suggestions },
        };
  return { kind: "ok", value };
}

function completeRequest(snapshot: Snapshot, asked: ExplainRequest): Answer<RequestInQuestion> {
  const { to, from, method = "GET", path = "/", headers = [], draw = null } = asked;
  if (!path.startsWith("/") && path !== "*") {
    return invalid(`The path "${path}" does not begin with "/"`, `Try "/${path}".`);
  }
  if (draw !== null && !(draw >= 0 && draw < 1)) {
    return invalid(`The draw ${draw} is not in [0, 1)`, "Leave it out to see all backends.");
  }
  const source = from === undefined ? undefined : findSource(snapshot, from);
  if (source?.kind === "missing") return invalid(source.message, source.remedy);
  const workload = source?.workload;
  // Without a caller, a short name is looked up where a document without namespace would lie.
  const namespace =
    workload?.namespace ?? parseKey(to, { namespace: DEFAULT_NAMESPACE })?.namespace;
  const value: RequestInQuestion = {
    from: workload ? `${workload.namespace}/${workload.name}` : null,
    namespace: namespace ?? DEFAULT_NAMESPACE,
    ...{ to, method, path, draw, authority: asked.authority ?? to },
    headers: headers.map(([name, text]) => [name.toLowerCase(), text]),
  };
  return { kind: "ok", value };
}

function invalid(message: string, remedy: string): { kind: "error"; error: ApiError } {
  return { kind: "error", error: { code: "request-invalid", message, remedy } };
}

function explainPlan(
  snapshot: Snapshot,
  plan: OutboundPlan,
  request: RequestInQuestion,
): ExplainedRequest {
  const { method, authority, path, draw } = request;
  const asked = { method, authority, path, headers: request.headers.flat() };
  const trace = explainDecision(plan, asked, draw ?? 0, request.from ?? "");
  const { route } = trace.decision;
  const traffic = route && explainTraffic(plan, route, request);
  const backends = explainBackends(snapshot, plan, trace, draw !== null, asked);
  return {
    kind: "explained",
    revision: snapshot.revision,
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
  const isReachable = targets.some(
    (target) => target.kind === "service" && target.members.some(({ state }) => state === "ready"),
  );
  if (isReachable) return { kind: "forward" };
  const reason = "None of the workloads that could answer is ready";
  return { kind: "answer", cause: "no-endpoint", reason };
}

function replyOutcome(reply: BoundReply, request: DecisionRequest): ExplainedOutcome {
  return {
    ...{ kind: "reply", reply: reply.kind, status: reply.status },
    location: reply.kind === "redirect" ? redirectLocation(reply, request) : null,
    bodyBytes: reply.kind === "direct" ? reply.body.length : 0,
  };
}
