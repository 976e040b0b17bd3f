// Which requests a proxy writes a line about, and what it says. Absent in a plan: none.

import type { AccessTestPlan } from "./access-test-plan.ts";

export type AccessLogPlan = {
  readonly format: "json" | "text";
  readonly fields: readonly AccessLogField[]; // in this order
  readonly headers: readonly string[]; // of the request, in lower case, besides
  readonly filter: AccessLogFilter;
  // Others, of which one is enough.
  readonly further?: readonly AccessLogFilter[];
  // Nothing that the workload asks of another whose proxy has its own line of it.
  readonly isOnce?: boolean;
};

// All that are there must hold.
export type AccessLogFilter = {
  readonly statusAtLeast?: number;
  readonly durationAtLeastMs?: number;
  readonly failures?: true; // a cause, 500 or more, or a gRPC status other than 0
  readonly methods?: readonly string[];
  readonly pathPrefixes?: readonly string[];
  readonly reporter?: "source" | "destination";
  readonly test?: AccessTestPlan;
  readonly percent?: number; // of those that pass all else
};

export type AccessLogField =
  | "start_time"
  | "reporter"
  | "method"
  | "path"
  | "query"
  | "authority"
  | "response_code"
  | "response_flags"
  | "cause"
  | "grpc_status"
  | "bytes_received"
  | "bytes_sent"
  | "duration"
  | "first_byte"
  | "attempts"
  | "source"
  | "source_principal"
  | "destination"
  | "destination_principal"
  | "service"
  | "route"
  | "backend"
  | "upstream_host"
  | "mutual_tls"
  | "request_id"
  | "trace_id"
  | "user_agent"
  | "x_forwarded_for";
