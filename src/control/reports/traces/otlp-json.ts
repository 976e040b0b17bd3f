// Spans as OTLP has them, in JSON: https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding
// (numbers of 64 bits are texts, ids hexadecimal). Attributes are those of the semantic conventions
// for HTTP; ours begin with "weft.".

import type { ProxyName } from "#control/reports/sound-report.ts";
import type { ReportedSpan } from "#snapshot/reported-span.ts";

export type QueuedSpan = { readonly proxy: ProxyName; readonly span: ReportedSpan };

const KINDS = { server: 2, client: 3 } as const satisfies Record<ReportedSpan["kind"], number>;
const ERROR = 2;

// Of one request to the collector.
export function otlpJson(spans: readonly QueuedSpan[], version: string): string {
  const byProxy = Map.groupBy(spans, ({ proxy }) => `${proxy.namespace}/${proxy.workload}`);
  const resourceSpans = [...byProxy.values()].map((queued) => ({
    resource: { attributes: resourceOf(queued[0]!.proxy) },
    scopeSpans: [
      { scope: { name: "weft", version }, spans: queued.map(({ span }) => otlpSpan(span)) },
    ],
  }));
  return JSON.stringify({ resourceSpans });
}

function resourceOf({ namespace, workload }: ProxyName) {
  return [text("service.name", workload), text("service.namespace", namespace)];
}

function otlpSpan(span: ReportedSpan) {
  const { traceId, spanId, parentId, kind, startMs, durationMs, method } = span;
  return {
    traceId,
    spanId,
    ...(parentId === "" ? {} : { parentSpanId: parentId }),
    // As the conventions want it: paths are too many to be names.
    name: span.service === "" ? method : `${method} ${span.service}`,
    kind: KINDS[kind],
    startTimeUnixNano: nanoseconds(startMs),
    endTimeUnixNano: nanoseconds(startMs + durationMs),
    attributes: attributesOf(span),
    status: hasFailed(span) ? { code: ERROR, message: span.cause } : {},
  };
}

// What a caller did wrong is its own failure, not the answering side's.
function hasFailed({ kind, status, grpcStatus, cause }: ReportedSpan): boolean {
  if (grpcStatus !== "" && grpcStatus !== "0") return true;
  return cause !== "" || status === 0 || status >= (kind === "client" ? 400 : 500);
}

function attributesOf(span: ReportedSpan) {
  const { status, attempts, tags = [] } = span;
  const texts = [
    ["http.request.method", span.method],
    ["url.path", span.path],
    ["server.address", span.authority],
    ["rpc.grpc.status_code", span.grpcStatus],
    ["network.peer.address", span.endpoint],
    ["peer.service", span.kind === "client" ? span.service : span.peer],
    ["weft.peer", span.peer],
    ["weft.route", span.route],
    ["weft.backend", span.backend],
    ["weft.cause", span.cause],
    ["weft.request_id", span.requestId],
  ] as const;
  const own = [
    ...texts.flatMap(([name, value]) => (value === "" ? [] : [text(name, value)])),
    number("http.response.status_code", status),
    ...(attempts > 1 ? [number("http.request.resend_count", attempts - 1)] : []),
  ];
  // Each name once.
  const others = own.filter(({ key }) => !tags.some(([name]) => name === key));
  return [...others, ...tags.map(([name, value]) => text(name, value))];
}

function text(key: string, stringValue: string) {
  return { key, value: { stringValue } };
}

function number(key: string, value: number) {
  return { key, value: { intValue: String(value) } };
}

function nanoseconds(ms: number): string {
  return String(BigInt(Math.round(ms * 1000)) * 1000n);
}
