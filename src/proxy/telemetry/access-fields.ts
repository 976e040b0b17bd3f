// What fields of a line say that many lines have in common, by what these share; and the headers
// that others say.

import type { AccessLogField } from "#snapshot/access-log-plan.ts";
import type { SeriesKey } from "#snapshot/report.ts";
import type { AccessEntry } from "./access-entry.ts";
import { flagOf } from "./series-labels.ts";

export type KeyValue = (key: SeriesKey) => string | boolean;
export type OutcomeValue = (entry: AccessEntry) => string | number;

export const BY_KEY: Readonly<Partial<Record<AccessLogField, KeyValue>>> = {
  reporter: (key) => key.reporter,
  source: (key) => nameOf(key.sourceNamespace, key.sourceWorkload),
  source_principal: (key) => key.sourceIdentity,
  destination: (key) => nameOf(key.destinationNamespace, key.destinationWorkload),
  destination_principal: (key) => key.destinationIdentity,
  service: (key) => nameOf(key.destinationServiceNamespace, key.destinationService),
  route: (key) => key.route,
  backend: (key) => key.backend,
  mutual_tls: (key) => key.isMutualTls,
};

export const BY_HEADER: Readonly<Partial<Record<AccessLogField, string>>> = {
  request_id: "x-request-id",
  trace_id: "traceparent",
  user_agent: "user-agent",
  x_forwarded_for: "x-forwarded-for",
};

export const BY_OUTCOME: Readonly<Partial<Record<AccessLogField, OutcomeValue>>> = {
  response_code: ({ status }) => status,
  response_flags: ({ cause }) => flagOf(cause),
  cause: ({ cause }) => cause,
  grpc_status: ({ grpcStatus }) => grpcStatus,
  attempts: ({ attempts }) => attempts,
};

function nameOf(namespace: string, name: string): string {
  return name === "" ? "" : `${namespace}/${name}`;
}
