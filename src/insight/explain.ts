// Answers where a hypothetical request would go, with the very code that the proxies decide by.

import type { Answer } from "#api/answer.ts";
import type { ApiError } from "#api/api-error.ts";
import type {
  ExplainedView,
  ExplainRequest,
  Explanation,
  RequestInQuestion,
} from "#api/explanation.ts";
import { parseKey, type Viewer } from "#compile/resolve-key.ts";
import { NOWHERE } from "#decision/locality-groups.ts";
import type { Model } from "#ir/model.ts";
import type { Snapshot } from "#snapshot/snapshot.ts";
import { explainPlan } from "./explain-plan.ts";
import { findDestination } from "./find-destination.ts";
import { findSource } from "./find-source.ts";
import { membersOf } from "./members-of.ts";

const DEFAULT_NAMESPACE = "default";

// `viewsOf`: how the proxy of a workload, or every proxy, finds the endpoints that it calls.
export function explain(
  snapshot: Snapshot,
  model: Model,
  asked: ExplainRequest,
  viewsOf: (from: string | null) => readonly ExplainedView[] = () => [],
): Answer<Explanation> {
  const question = completeRequest(snapshot, asked);
  if (question.kind === "error") return question;
  const request = question.value;
  const { revision } = snapshot;
  const viewer = viewerOf(request);
  const found = findDestination(snapshot, model.services, request.to, viewer);
  const value: Explanation =
    found.kind === "found"
      ? explainPlan(found.plan, request, {
          revision,
          members: (backend) => membersOf(snapshot, backend),
          views: viewsOf(request.from),
          place: snapshot.inbound.get(request.from ?? "")?.place ?? NOWHERE,
        })
      : {
          ...{ kind: "unknown-destination", revision, request, cause: "destination-unknown" },
          ...{ reason: found.reason, suggestions: found.suggestions },
        };
  return { kind: "ok", value };
}

function viewerOf({ namespace, from }: RequestInQuestion): Viewer {
  return from === null ? { namespace } : { namespace, workload: from.slice(from.indexOf("/") + 1) };
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
    ...(asked.serverName !== undefined && { serverName: asked.serverName }),
    headers: headers.map(([name, text]) => [name.toLowerCase(), text]),
  };
  return { kind: "ok", value };
}

function invalid(message: string, remedy: string): { kind: "error"; error: ApiError } {
  return { kind: "error", error: { code: "request-invalid", message, remedy } };
}
