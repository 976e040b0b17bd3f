// Hot path.
//
// What each field of a line says, by where it is found.

import type { AccessLogField } from "#snapshot/access-log-plan.ts";
import type { SeriesKey } from "#snapshot/report.ts";
import type { AccessEntry } from "./access-entry.ts";
import type { LineBlocks } from "./line-blocks.ts";
import { flagOf } from "./series-labels.ts";

export type KeyValue = (key: SeriesKey) => string | boolean;

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

type Put = (lines: LineBlocks, entry: AccessEntry) => void;

export const BY_ENTRY: Readonly<Partial<Record<AccessLogField, Put>>> = {
  method: (lines, { head }) => lines.text(head.method),
  // What stands behind the question mark is often nobody's business: a field of its own.
  path: (lines, { head: { path } }) => {
    const at = path.indexOf("?");
    lines.text(path, 0, at < 0 ? path.length : at);
  },
  query: (lines, { head: { path } }) => {
    const at = path.indexOf("?");
    lines.text(path, at < 0 ? path.length : at + 1);
  },
  authority: (lines, { head }) => lines.text(head.authority),
  response_code: (lines, { status }) => lines.digits(status),
  response_flags: (lines, { cause }) => lines.text(flagOf(cause)),
  cause: (lines, { cause }) => lines.text(cause),
  grpc_status: (lines, { grpcStatus }) => lines.text(grpcStatus),
  bytes_received: (lines, { bytesReceived }) => lines.digits(bytesReceived),
  bytes_sent: (lines, { bytesSent }) => lines.digits(bytesSent),
  duration: (lines, { durationMs }) => lines.tenths(durationMs),
  first_byte: (lines, { firstByteMs }) => lines.tenths(firstByteMs),
  attempts: (lines, { attempts }) => lines.digits(attempts),
  upstream_host: (lines, { endpoint }) => lines.text(endpoint),
};

function nameOf(namespace: string, name: string): string {
  return name === "" ? "" : `${namespace}/${name}`;
}
