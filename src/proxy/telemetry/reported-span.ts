// A span that has ended, as it is told. Only for what is traced.

import type { Clock } from "#base/clock.ts";
import { LIMITS } from "#base/limits.ts";
import { withoutQuery } from "#base/path-query.ts";
import type { Headers } from "#proxy/exchange/heads.ts";
import type { SeriesKey } from "#snapshot/report.ts";
import type { ReportedSpan } from "#snapshot/reported-span.ts";
import type { SpanTagPlan } from "#snapshot/tracing-plan.ts";
import type { AccessEntry } from "./access-entry.ts";

export type OpenSpan = {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentId: string; // "": it is the first
  readonly context: ReportedSpan["context"];
  readonly tags: readonly SpanTagPlan[] | undefined;
};

// Run once in a hundred requests or so, with nothing of it in the processor's caches: what is short
// is fast.
export function reportedSpan(span: OpenSpan, entry: AccessEntry, clock: Clock): ReportedSpan {
  const { head, key } = entry;
  return {
    traceId: span.traceId,
    spanId: span.spanId,
    parentId: span.parentId,
    kind: key?.reporter === "destination" ? "server" : "client",
    startMs: entry.startedMs + clock.wallMs() - clock.nowMs(),
    durationMs: entry.durationMs,
    method: cut(head.method),
    path: cut(withoutQuery(head.path)),
    authority: cut(head.authority),
    status: entry.status,
    grpcStatus: cut(entry.grpcStatus),
    cause: entry.cause,
    requestId: cut(headerOf(head.headers, "x-request-id")),
    service: serviceOf(key),
    peer: peerOf(key),
    route: key?.route ?? "",
    backend: key?.backend ?? "",
    endpoint: entry.endpoint,
    attempts: entry.attempts,
    ...(span.context && { context: span.context }),
    ...(span.tags && { tags: tagsOf(span.tags, head.headers) }),
  };
}

function tagsOf(
  tags: readonly SpanTagPlan[],
  headers: Headers,
): readonly (readonly [string, string])[] {
  return tags.flatMap(({ name, header, value = "" }): [string, string][] => {
    const found = header === undefined ? "" : headerOf(headers, header);
    const text = found === "" ? value : found;
    return text === "" ? [] : [[cut(name), cut(text)]];
  });
}

function serviceOf(key: SeriesKey | undefined): string {
  if (!key || key.destinationService === "") return "";
  const { destinationService: name, destinationServiceNamespace: namespace } = key;
  return `${name}.${namespace}:${key.destinationPort}`;
}

function peerOf(key: SeriesKey | undefined): string {
  if (!key) return "";
  const [namespace, name] =
    key.reporter === "destination"
      ? [key.sourceNamespace, key.sourceWorkload]
      : [key.destinationNamespace, key.destinationWorkload];
  return name === "" ? "" : `${namespace}/${name}`;
}

function headerOf(headers: Headers, name: string): string {
  for (let i = 0; i < headers.length; i += 2) if (headers[i] === name) return headers[i + 1]!;
  return "";
}

function cut(text: string): string {
  return text.length > LIMITS.reportTextMax ? text.slice(0, LIMITS.reportTextMax) : text;
}
