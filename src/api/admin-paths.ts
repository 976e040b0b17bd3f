// Where the admin API offers what. Every path wants `Authorization: Bearer <token>` or the session
// cookie that /login sets; everything is JSON. `from` and `to` are milliseconds since 1970; with
// them rows come from the history, and PastRows says which span they are of. `to` is now where it
// is left out; `windowMs` is how long before it, where `from` is. PARTIES: source,
// sourceNamespace, destination, destinationNamespace; only requests from there, or to there.
//
//   GET  status      -> MeshStatus
//   GET  workloads   -> Rows<WorkloadRow>     ?namespace
//   GET  stat        -> Rows<StatRow>         ?kind &namespace &name &windowMs &from &to &PARTIES
//   GET  edges       -> Rows<EdgeRow>         ?namespace &name &windowMs &from &to &PARTIES
//   GET  routes      -> Rows<RouteRow>        ?namespace &name &windowMs &from &to &PARTIES
//   GET  top         -> Rows<TopRow>          ?namespace &name &windowMs
//   GET  history     -> HistoryAnswer         ?kind &namespace &name &from &to &stepMs
//   GET  proxies     -> Rows<ProxyConfig>     ?namespace &name
//   GET  service     -> ServiceDetail         ?namespace &name
//   GET  objects     -> Rows<ObjectStatus>    ?kind &namespace &name
//   GET  diagnostics -> Rows<Diagnostic>
//   GET  analysis    -> Rows<Diagnostic>      as diagnostics, and what analysing them finds
//   GET  check       -> CheckResult
//   GET  changes     -> Rows<MeshChange>      of documents, the newest first
//   POST explain     -> Explanation           ExplainRequest; changes nothing: role read suffices
//   GET  explainPast -> PastExplanation       ?id, an x-request-id of the last minutes
//   POST tap         -> server-sent events     TapQuery; see #api/tap.ts; role read suffices
//   GET  events      -> server-sent events named "view", each a ViewEvent, once a second
//   ... documents     see #api/documents.ts
//   GET  session     -> Session
//   POST loginCodes  -> LoginCode             LoginCodeRequest; role write
//   POST join        -> JoinAnswer            JoinRequest; role write
//   POST leave       -> LeaveAnswer           LeaveRequest; role write

import type { HistorySpan } from "./history.ts";

export const ADMIN_PATHS = {
  status: "/api/v1/status",
  workloads: "/api/v1/workloads",
  proxies: "/api/v1/proxies",
  stat: "/api/v1/stat",
  edges: "/api/v1/edges",
  routes: "/api/v1/routes",
  top: "/api/v1/top",
  history: "/api/v1/history",
  service: "/api/v1/service",
  objects: "/api/v1/objects",
  diagnostics: "/api/v1/diagnostics",
  analysis: "/api/v1/analysis",
  check: "/api/v1/check",
  changes: "/api/v1/changes",
  explain: "/api/v1/explain",
  explainPast: "/api/v1/explain/past",
  tap: "/api/v1/tap",
  documents: "/api/v1/documents",
  documentsEdit: "/api/v1/documents/edit",
  documentsFault: "/api/v1/documents/fault",
  documentsPreview: "/api/v1/documents/preview",
  documentsApply: "/api/v1/documents/apply",
  documentsRollback: "/api/v1/documents/rollback",
  events: "/api/v1/events",
  session: "/api/v1/session",
  loginCodes: "/api/v1/login-codes",
  join: "/api/v1/join",
  leave: "/api/v1/leave",
  // For browsers: ?code=..., sets the cookie.
  login: "/login",
} as const;

// Lists come wrapped, so that something can be said about them later.
export type Rows<Row> = { readonly rows: readonly Row[] };

// Of a stretch of the past.
export type PastRows<Row> = Rows<Row> & { readonly span: HistorySpan };
