// What the admin API asks: plain functions that the composition root provides.

import type { Answer } from "#api/answer.ts";
import type { ApiError } from "#api/api-error.ts";
import type { Check, CheckResult } from "#api/check-result.ts";
import type {
  DocumentChange,
  DocumentChanges,
  DocumentEdits,
  Documents,
  DocumentsApplied,
  DocumentsPreview,
  FaultRequest,
} from "#api/documents.ts";
import type { EdgeQuery, EdgeRow } from "#api/edge-row.ts";
import type { ExplainRequest, Explanation } from "#api/explanation.ts";
import type { JoinAnswer, JoinRequest, LeaveAnswer, LeaveRequest } from "#api/join.ts";
import type { MeshChange } from "#api/mesh-change.ts";
import type { MeshStatus } from "#api/mesh-status.ts";
import type { ObjectQuery, ObjectStatus } from "#api/object-status.ts";
import type { PastExplanation } from "#api/past-explanation.ts";
import type { ProxyConfig } from "#api/proxy-config.ts";
import type { RouteQuery, RouteRow } from "#api/route-row.ts";
import type { ServiceDetail } from "#api/service-detail.ts";
import type { StatQuery, StatRow } from "#api/stat-row.ts";
import type { TappedEvent, TapQuery } from "#api/tap.ts";
import type { TopQuery, TopRow } from "#api/top-row.ts";
import type { UnmeshedWorkload } from "#api/unmeshed-workload.ts";
import type { WorkloadRow } from "#api/workload-row.ts";
import type { HistoryQuestion, HistoryTold } from "#control/reports/history/answer-history.ts";
import type { Diagnostic } from "#ir/diagnostic.ts";

export type AdminBackend = {
  status(): MeshStatus;
  workloads(): readonly WorkloadRow[];
  proxies(query: ProxyQuery): readonly ProxyConfig[];
  stat(query: StatQuery): readonly StatRow[];
  edges(query: EdgeQuery): readonly EdgeRow[];
  routes(query: RouteQuery): readonly RouteRow[];
  top(query: TopQuery): readonly TopRow[];
  // Of what has been.
  history(question: HistoryQuestion): Promise<Answer<HistoryTold>>;
  service(namespace: string, name: string): Answer<ServiceDetail>;
  objects(query: ObjectQuery): readonly ObjectStatus[];
  diagnostics(): readonly Diagnostic[];
  analysis(): readonly Diagnostic[];
  check(): Promise<CheckResult>;
  // Checks that don't pass, and that neither workloads nor documents show.
  troubles(): readonly Check[];
  // Of documents, the newest first.
  changes(): readonly MeshChange[];
  // Of a cluster; none anywhere else.
  unmeshed(): readonly UnmeshedWorkload[];
  explain(request: ExplainRequest): Promise<Answer<Explanation>>;
  explainPast(requestId: string): Promise<Answer<PastExplanation>>;
  readonly documents: DocumentsBackend;
  tap(query: TapQuery, listener: TapListener): TapOpening;
  join(request: JoinRequest): Promise<Answer<JoinAnswer>>;
  leave(request: LeaveRequest): Promise<Answer<LeaveAnswer>>;
};

export type ProxyQuery = {
  readonly namespace: string | undefined; // undefined: all
  readonly name: string | undefined; // of a workload or a pod
};

export type DocumentsBackend = {
  all(): Documents;
  edit(edits: DocumentEdits): Promise<Answer<readonly DocumentChange[]>>;
  fault(request: FaultRequest): Promise<Answer<readonly DocumentChange[]>>;
  preview(changes: DocumentChanges): Promise<Answer<DocumentsPreview>>;
  apply(changes: DocumentChanges): Promise<Answer<DocumentsApplied>>;
  rollback(id: string): Promise<Answer<DocumentsApplied>>;
};

export type TapListener = { event(event: TappedEvent): void; untold(count: number): void };

export type TapOpening =
  | { readonly kind: "open"; readonly proxies: number; close(): void }
  | { readonly kind: "full" }
  | { readonly kind: "refused"; readonly error: ApiError };
