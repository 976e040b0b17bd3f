// The text of one line. Names and meanings are Envoy's where it has the field
// (https://www.envoyproxy.io/docs/envoy/latest/configuration/observability/access_log/usage).
//
// Whatever a peer has sent stands inside a JSON string, escaped: it ends no line, begins no field
// and steers no terminal. Long texts are cut.

import type { Clock } from "#base/clock.ts";
import { harmlessText } from "#base/harmless-text.ts";
import { LIMITS } from "#base/limits.ts";
import type { Headers } from "#proxy/exchange/heads.ts";
import type { AccessLogField, AccessLogPlan } from "#snapshot/access-log-plan.ts";
import type { AccessEntry } from "./access-entry.ts";
import { flagOf } from "./series-labels.ts";

export type AccessLine = (entry: AccessEntry) => string;

type Value = string | number | boolean | null;

export function accessLine({ format, fields, headers }: AccessLogPlan, clock: Clock): AccessLine {
  const named = fields.map((field) => [field, FIELDS[field]] as const);
  const valuesOf = (entry: AccessEntry): (readonly [string, Value])[] => {
    const atMs = entry.startedMs + clock.wallMs() - clock.nowMs();
    const values = named.map(([name, read]) => [name, read(entry, atMs)] as const);
    const sent = headers.map((name) => [name, headerOf(entry.head.headers, name)] as const);
    return [...values, ...sent];
  };
  // Whoever searches a log for what an attacker has written finds it as it was written.
  if (format === "text") {
    return (entry) =>
      `${harmlessText(
        valuesOf(entry)
          .map(([, value]) => word(value))
          .join(" "),
      )}\n`;
  }
  return (entry) => {
    const parts = valuesOf(entry).map(([name, value]) => `${JSON.stringify(name)}:${json(value)}`);
    return `${harmlessText(`{${parts.join(",")}}`)}\n`;
  };
}

const FIELDS: Readonly<Record<AccessLogField, (entry: AccessEntry, atMs: number) => Value>> = {
  start_time: (_, atMs) => new Date(atMs).toISOString(),
  reporter: ({ key }) => key?.reporter ?? null,
  method: ({ head }) => head.method,
  // What stands behind the question mark is often nobody's business: a field of its own.
  path: ({ head }) => head.path.split("?", 1)[0]!,
  query: ({ head }) => {
    const at = head.path.indexOf("?");
    return at < 0 ? null : head.path.slice(at + 1);
  },
  authority: ({ head }) => head.authority,
  response_code: ({ status }) => status,
  response_flags: ({ cause }) => flagOf(cause),
  cause: ({ cause }) => orNull(cause),
  grpc_status: ({ grpcStatus }) => orNull(grpcStatus),
  bytes_received: ({ bytesReceived }) => bytesReceived,
  bytes_sent: ({ bytesSent }) => bytesSent,
  duration: ({ durationMs }) => Math.round(durationMs * 1000) / 1000,
  first_byte: ({ firstByteMs }) => Math.round(firstByteMs * 1000) / 1000,
  attempts: ({ attempts }) => attempts,
  source: ({ key }) => nameOf(key?.sourceNamespace, key?.sourceWorkload),
  source_principal: ({ key }) => orNull(key?.sourceIdentity),
  destination: ({ key }) => nameOf(key?.destinationNamespace, key?.destinationWorkload),
  destination_principal: ({ key }) => orNull(key?.destinationIdentity),
  service: ({ key }) => nameOf(key?.destinationServiceNamespace, key?.destinationService),
  route: ({ key }) => orNull(key?.route),
  backend: ({ key }) => orNull(key?.backend),
  upstream_host: ({ endpoint }) => orNull(endpoint),
  mutual_tls: ({ key }) => key?.isMutualTls ?? null,
  request_id: ({ head }) => headerOf(head.headers, "x-request-id"),
  trace_id: ({ head }) => headerOf(head.headers, "traceparent")?.split("-")[1] ?? null,
  user_agent: ({ head }) => headerOf(head.headers, "user-agent"),
  x_forwarded_for: ({ head }) => headerOf(head.headers, "x-forwarded-for"),
};

function headerOf(headers: Headers, name: string): string | null {
  for (let i = 0; i < headers.length; i += 2) if (headers[i] === name) return headers[i + 1]!;
  return null;
}

function nameOf(namespace = "", name = ""): string | null {
  return name === "" ? null : `${namespace}/${name}`;
}

function orNull(text = ""): string | null {
  return text === "" ? null : text;
}

function json(value: Value): string {
  return JSON.stringify(typeof value === "string" ? cut(value) : value);
}

// As Envoy writes what there is none of.
function word(value: Value): string {
  if (value === null) return "-";
  if (typeof value !== "string") return String(value);
  return /^[\w./:@+*~-]+$/.test(value) ? cut(value) : JSON.stringify(cut(value));
}

function cut(text: string): string {
  const most = LIMITS.accessLogTextMax;
  return text.length <= most ? text : `${text.slice(0, most)}...`;
}
