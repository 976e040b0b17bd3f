// What became of a request that has been: the decision taken again from what its proxy recorded,
// and with it what the proxy recorded of the way after that.

import type { ExplainedBackend, ExplainedRequest, RequestInQuestion } from "#api/explanation.ts";
import type { ExplainedHop, ExplainedTry, PastExplanation } from "#api/past-explanation.ts";
import { bindOutbound } from "#decision/bind.ts";
import { decide } from "#decision/decide.ts";
import type { Decision } from "#decision/decision.ts";
import type { BackendPlan, EndpointPlan, OutboundPlan } from "#snapshot/plan.ts";
import type { RecordedDecision, RecordedRequest } from "#snapshot/recorded-request.ts";
import type { Member } from "#snapshot/snapshot.ts";
import { explainGates } from "./explain-gates.ts";
import { explainPlan } from "./explain-plan.ts";

export type PastRequest = {
  readonly proxy: { readonly namespace: string; readonly workload: string };
  readonly request: RecordedRequest;
  // That decided, and the first revision with it.
  readonly archived: { readonly plan: OutboundPlan; readonly revision: number } | undefined;
};

export function explainPast(requestId: string, found: readonly PastRequest[]): PastExplanation {
  return { kind: "past", requestId, hops: found.map(explainHop) };
}

function explainHop({ proxy, request, archived }: PastRequest): ExplainedHop {
  const { atMs, durationMs, method, path, to, decided, status, cause } = request;
  const caller = `${proxy.namespace}/${proxy.workload}`;
  const replayed =
    archived && decided ? replay(archived.plan, archived.revision, request, decided, caller) : null;
  return {
    ...{ proxy: caller, atMs, durationMs, method, path, to },
    decision: replayed?.decision ?? null,
    agrees: replayed?.agrees ?? true,
    isKeptBySession: replayed?.isKeptBySession ?? false,
    gates: explainGates(request),
    tries: triesOf(request, archived?.plan),
    status,
    grpcStatus: request.grpcStatus || null,
    cause: cause || null,
  };
}

function replay(
  plan: OutboundPlan,
  revision: number,
  request: RecordedRequest,
  { draw, index }: RecordedDecision,
  caller: string,
) {
  const { to, method, authority, path, scheme, headers } = request;
  const question: RequestInQuestion = {
    ...{ from: caller, namespace: caller.split("/", 1)[0]!, to },
    ...{ method, authority, path, headers, draw, scheme },
  };
  const members = (backend: { readonly endpoints: readonly EndpointPlan[] }): Member[] =>
    backend.endpoints.map(({ workload }) => ({ workload, state: "ready" }));
  const decision = explainPlan(plan, question, { revision, members, views: [] });
  const bound = bindOutbound(plan, caller);
  const asked = { method, authority, path, scheme, headers: headers.flat() };
  const again = decide(bound, asked, draw);
  const taken = bound.decisions[index];
  const isKeptBySession = taken !== undefined && taken !== again && isOfSession(again, taken);
  const agrees = taken === again || isKeptBySession;
  if (!isKeptBySession) return { decision, agrees, isKeptBySession };
  const chosen = bound.routes[taken.routeIndex]!.decisions.indexOf(taken);
  return { decision: withChosen(decision, chosen), agrees, isKeptBySession };
}

function isOfSession(drawn: Decision, taken: Decision): boolean {
  return (
    drawn.kind === "forward" &&
    drawn.routeIndex === taken.routeIndex &&
    drawn.route.session !== undefined
  );
}

function withChosen(decision: ExplainedRequest, chosen: number): ExplainedRequest {
  const backends = decision.backends.map(
    (backend, i): ExplainedBackend => ({ ...backend, isChosen: i === chosen }),
  );
  return { ...decision, backends };
}

function triesOf({ tries, status, cause }: RecordedRequest, plan?: OutboundPlan): ExplainedTry[] {
  const workloads = new Map(plan?.backends.flatMap(workloadsOf) ?? []);
  return tries.map(({ address, sentAfterMs, endedAfterMs, outcome }) => ({
    address,
    workload: workloads.get(address) ?? null,
    sentAfterMs,
    endedAfterMs,
    outcome: outcome || cause || String(status),
  }));
}

function workloadsOf(backend: BackendPlan): [address: string, workload: string][] {
  if (backend.kind !== "endpoints") return [];
  return backend.endpoints.map((endpoint) => {
    const { namespace, name } = endpoint.workload;
    const port = endpoint.speaks === "plaintext" ? endpoint.port : endpoint.meshPort;
    return [`${endpoint.address}:${port}`, `${namespace}/${name}`];
  });
}
