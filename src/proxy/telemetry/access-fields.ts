// What the fields of a line say: either what is new in each request, or what it has in common with
// many, and then what that depends on.

import type { AccessLogField } from "#snapshot/access-log-plan.ts";
import type { SeriesKey } from "#snapshot/report.ts";
import type { AccessEntry } from "./access-entry.ts";
import { flagOf } from "./series-labels.ts";
import { USUAL } from "./usual.ts";

export type NewField =
  | Extract<
      AccessLogField,
      | ("start_time" | "path" | "query" | "trace_id")
      | ("bytes_received" | "bytes_sent" | "duration" | "first_byte")
    >
  | "header";

// "" for none.
type Value = string | number | boolean;
type UsualField = { readonly dependsOn: number; readonly read: (entry: AccessEntry) => Value };

const { series, outcome, method, authority, endpoint } = USUAL;

export const USUAL_FIELDS: Readonly<Partial<Record<AccessLogField, UsualField>>> = {
  method: { dependsOn: method, read: ({ head }) => head.method },
  authority: { dependsOn: authority, read: ({ head }) => head.authority },
  upstream_host: { dependsOn: endpoint, read: (entry) => entry.endpoint },
  ...{
    response_code: { dependsOn: outcome, read: ({ status }) => status },
    response_flags: { dependsOn: outcome, read: ({ cause }) => flagOf(cause) },
    cause: { dependsOn: outcome, read: ({ cause }) => cause },
    grpc_status: { dependsOn: outcome, read: ({ grpcStatus }) => grpcStatus },
    attempts: { dependsOn: outcome, read: ({ attempts }) => attempts },
  },
  ...{
    reporter: ofSeries((key) => key.reporter),
    source: ofSeries((key) => nameOf(key.sourceNamespace, key.sourceWorkload)),
    source_principal: ofSeries((key) => key.sourceIdentity),
    destination: ofSeries((key) => nameOf(key.destinationNamespace, key.destinationWorkload)),
    destination_principal: ofSeries((key) => key.destinationIdentity),
    service: ofSeries((key) => nameOf(key.destinationServiceNamespace, key.destinationService)),
    route: ofSeries((key) => key.route),
    backend: ofSeries((key) => key.backend),
    mutual_tls: ofSeries((key) => key.isMutualTls),
  },
};

export const BY_HEADER: Readonly<Partial<Record<AccessLogField, string>>> = {
  request_id: "x-request-id",
  trace_id: "traceparent",
  user_agent: "user-agent",
  x_forwarded_for: "x-forwarded-for",
};

function ofSeries(read: (key: SeriesKey) => Value): UsualField {
  return { dependsOn: series, read: ({ key }) => (key === undefined ? "" : read(key)) };
}

function nameOf(namespace: string, name: string): string {
  return name === "" ? "" : `${namespace}/${name}`;
}
