// What the admin API asks of the control plane.

import { X509Certificate } from "node:crypto";
import type { Answer } from "#api/answer.ts";
import type { ExplainRequest, Explanation } from "#api/explanation.ts";
import type { JoinAnswer, JoinRequest, LeaveAnswer, LeaveRequest } from "#api/join.ts";
import type { PastExplanation } from "#api/past-explanation.ts";
import type { ServiceDetail } from "#api/service-detail.ts";
import type { TapQuery } from "#api/tap.ts";
import { LIMITS } from "#base/limits.ts";
import { pause } from "#base/pause.ts";
import { tidyDiagnostics } from "#compile/diagnose.ts";
import type { AdminBackend, TapListener, TapOpening } from "#control/admin/admin-backend.ts";
import type { Reports } from "#control/reports/reports.ts";
import { formatSpiffeId } from "#identity/spiffe-id.ts";
import { analyze } from "#insight/analyze/analyze.ts";
import { explain } from "#insight/explain.ts";
import { explainPast } from "#insight/explain-past.ts";
import { serviceDetail } from "#insight/service-detail.ts";
import { checkMesh, type MeshHealth, type QuietHealth, quietTroubles } from "./check-mesh.ts";
import type { ControlPlane } from "./control-plane.ts";
import { describeObjects } from "./describe-objects.ts";
import { documentsBackend } from "./documents-backend.ts";
import { forwardingFindings, workloadsDropping } from "./forwarding-findings.ts";
import { proxyConfigs } from "./proxy-configs.ts";
import { recallRequests } from "./recall-requests.ts";
import { watchedProxies } from "./watched-proxies.ts";

// Where nobody has looked for a while, a large mesh has told of itself by then, see ReportPace.
const TOLD_MS = 1_500;

export function adminBackend(plane: ControlPlane): AdminBackend {
  return {
    status: () => plane.status,
    workloads: () => plane.workloads,
    proxies: (query) => proxyConfigs(plane, query),
    stat: (query) => lookedAt(plane).stat(query, plane.workloads),
    edges: (query) => lookedAt(plane).edges(query),
    routes: (query) => lookedAt(plane).routes(query),
    top: (query) => lookedAt(plane).top(query),
    history: (question) => plane.world.history?.ask(question) ?? Promise.resolve(NO_HISTORY),
    objects: (query) => describeObjects(plane, query),
    service: (namespace, name) => serviceOf(plane, namespace, name),
    diagnostics: () => plane.diagnostics,
    analysis: () => analysis(plane),
    check: () => Promise.resolve(checkMesh(health(plane))),
    troubles: () => quietTroubles(quietHealth(plane)),
    changes: () => plane.lately.changes,
    unmeshed: () => plane.unmeshed ?? [],
    explain: (request) => Promise.resolve(explainNow(plane, request)),
    explainPast: (requestId) => explainThen(plane, requestId),
    documents: documentsBackend(plane),
    tap: (query, listener) => tap(plane, query, listener),
    join: (request) => Promise.resolve(join(plane, request)),
    leave: (request) => Promise.resolve(leave(plane, request)),
  };
}

const NO_HISTORY = {
  kind: "error",
  error: { code: "unavailable", message: "This control plane keeps no history", remedy: null },
} as const satisfies Answer<never>;

// What proxies report, for who asks what is going on.
function lookedAt({ reports }: ControlPlane): Reports {
  reports.pace.looked();
  return reports;
}

// What documents tell, and what traffic does.
function analysis({ model, documents, diagnostics, reports }: ControlPlane) {
  return tidyDiagnostics([
    ...analyze(model, documents, diagnostics),
    ...forwardingFindings(reports.forwarding, model),
  ]);
}

function explainNow(plane: ControlPlane, request: ExplainRequest): Answer<Explanation> {
  const { snapshot, model } = plane;
  const { endpoints } = lookedAt(plane);
  return explain(snapshot, model, request, (from) => endpoints.views(from ?? undefined));
}

async function explainThen(
  plane: ControlPlane,
  requestId: string,
): Promise<Answer<PastExplanation>> {
  const wasSeldom = plane.reports.pace.isSeldom;
  const { requests } = lookedAt(plane);
  const find = () => recallRequests(requests, requestId, plane.snapshot);
  let found = find();
  if (found.length === 0 && wasSeldom) {
    await pause(plane.world.clock, TOLD_MS);
    found = find();
  }
  if (found.length > 0) return { kind: "ok", value: explainPast(requestId, found) };
  const minutes = LIMITS.requestsKeptMs / 60_000;
  const message =
    `No request with the id "${requestId}" is recorded: each report of a proxy tells of ` +
    `${LIMITS.requestsToldMax} that went well and as many others, for ${minutes} minutes`;
  const remedy = "Take the x-request-id of a newer answer, or ask with --from, --to and --path.";
  return { kind: "error", error: { code: "not-found", message, remedy } };
}

function health(plane: ControlPlane): MeshHealth {
  return {
    ...quietHealth(plane),
    revision: plane.snapshot.revision,
    certificateLifeMs: plane.model.mesh.certificateLifeMs,
    workloads: plane.workloads,
    diagnostics: plane.diagnostics,
    takingPlaintext: takingPlaintext(plane),
    unmeshed: plane.unmeshed,
    logs: plane.model.mesh.onKubernetes ? "`kubectl logs POD -c weft-proxy`" : ".weft/logs",
  };
}

function quietHealth({ authority, spans, world, reports }: ControlPlane): QuietHealth {
  const [root = ""] = authority.trust;
  return {
    wallMs: world.clock.wallMs(),
    rootNotAfterMs: new X509Certificate(root).validToDate.getTime(),
    historyTrouble: world.history?.trouble,
    tracesTrouble: spans.trouble,
    spansDropped: spans.dropped,
    dropping: workloadsDropping(reports.forwarding),
  };
}

function takingPlaintext({ model, snapshot }: ControlPlane) {
  if (!model.mesh.onKubernetes) return undefined;
  return [...snapshot.inbound.values()]
    .filter((plan) => plan.takesPlaintext || plan.ports.some((port) => port.takesPlaintext))
    .map(({ workload }) => workload);
}

function serviceOf(plane: ControlPlane, namespace: string, name: string): Answer<ServiceDetail> {
  const { snapshot, model } = plane;
  const views = lookedAt(plane).endpoints.views(undefined);
  const detail = serviceDetail({ snapshot, model, views }, namespace, name);
  if (detail) return { kind: "ok", value: detail };
  const message = `No service "${namespace}/${name}" is known`;
  return { kind: "error", error: { code: "not-found", message, remedy: null } };
}

const NO_BODIES = {
  kind: "refused",
  error: {
    code: "refused",
    message: "Cannot show bodies of requests: no MeshConfig allows it (spec.tap.bodies is none)",
    remedy: 'Set spec.tap.bodies of the MeshConfig to "structured", "text" or "all"',
  },
} as const satisfies TapOpening;

function tap(plane: ControlPlane, query: TapQuery, listener: TapListener): TapOpening {
  if (plane.taps.isFull) return { kind: "full" };
  const { tap: rules } = plane.model.mesh;
  if (query.bodyBytesMax !== undefined && (rules?.bodies ?? "none") === "none") return NO_BODIES;
  const watches = watchedProxies(plane, query);
  return { kind: "open", ...plane.taps.open({ ...listener, watches, query }) };
}

function join(plane: ControlPlane, request: JoinRequest): Answer<JoinAnswer> {
  const { namespace, name, serviceAccount } = request;
  const key = `${namespace}/${name}`;
  const account = plane.model.serviceAccounts.find(
    (known) => known.namespace === namespace && known.name === serviceAccount,
  );
  if (!account?.joinable) {
    return refused(
      `Cannot join "${key}" as "${serviceAccount}": no document declares it as joinable`,
      'Annotate the ServiceAccount with weft.dev/joinable: "true"',
    );
  }
  const isDeclared = plane.model.workloads.some(
    (known) => known.namespace === namespace && known.name === name,
  );
  if (isDeclared || (plane.joined.has(key) && plane.registry.isConnected(key))) {
    return refused(`Cannot join "${key}": a workload of this name runs already`, "Use --name");
  }
  const issue = plane.tokens.issue({ namespace, workload: name, serviceAccount });
  if (issue.kind === "refused") return refused(issue.reason, null);
  if (!plane.joined.join(request)) return refused(`Cannot join "${key}": too many have`, null);
  plane.changed();
  const { trustDomain } = plane.identity;
  return {
    kind: "ok",
    value: {
      namespace,
      name,
      identity: formatSpiffeId({ trustDomain, namespace, serviceAccount }),
      token: issue.token,
      trust: plane.authority.trust,
      controlIdentity: plane.controlIdentity,
      control: { address: plane.settings.proxies.address, port: plane.settings.proxies.port },
      version: plane.settings.version,
    },
  };
}

function leave(plane: ControlPlane, { namespace, name }: LeaveRequest): Answer<LeaveAnswer> {
  const key = `${namespace}/${name}`;
  const hasLeft = plane.joined.leave(key);
  if (hasLeft) {
    plane.registry.remove(key);
    plane.changed();
  }
  return { kind: "ok", value: { hasLeft } };
}

function refused<Value>(message: string, remedy: string | null): Answer<Value> {
  return { kind: "error", error: { code: "refused", message, remedy } };
}
