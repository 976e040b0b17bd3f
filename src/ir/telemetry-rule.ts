// What workloads say of their requests otherwise than the mesh: spans, lines of the access log, and
// metrics under Istio's names.

import type { AccessTest } from "./access-test.ts";
import type { Labels } from "./document.ts";
import type { Origin } from "./origin.ts";

export type TelemetryRule = {
  readonly origin: Origin;
  readonly createdAtMs: number; // of several the oldest counts
  readonly namespace: string;
  // The workloads of its namespace with these labels, or behind one of these services there; both
  // empty: all of it, or of the mesh where it is the root's.
  readonly selector: Labels;
  readonly services: readonly string[];
  readonly tracing: Sides<TracingOverride>;
  readonly accessLog: Sides<AccessLogOverride>;
  readonly metrics: Sides<readonly MetricOverride[]>; // the last word on one counts
};

// Of requests that the workload makes, and of those that it is sent. Absent: as the next wider rule
// has it, then the mesh.
export type Sides<Override> = { readonly source?: Override; readonly destination?: Override };

export type TracingOverride = {
  readonly percent?: number; // whatever the path
  readonly isSilent?: boolean; // it decides and passes on, and has no span of its own
  readonly tags?: readonly SpanTag[];
};

// `otherwise`: where there is no such header or variable; absent: no tag then.
export type SpanTag =
  | { readonly name: string; readonly kind: "literal"; readonly value: string }
  | {
      readonly name: string;
      readonly kind: "header"; // of the request
      readonly header: string; // in lower case
      readonly otherwise?: string;
    }
  | {
      readonly name: string;
      readonly kind: "environment"; // of the application, as a document has it
      readonly variable: string;
      readonly otherwise?: string;
    };

export type AccessLogOverride =
  | { readonly kind: "off" }
  | { readonly kind: "on"; readonly test?: AccessTest }; // absent: every request

export type MetricOverride = readonly [name: MetricName, isOff: boolean];

// Istio's standard metrics, shortly. `compile` takes the names over into plans.
export const METRIC_NAMES = [
  "requests",
  "request_duration",
  "request_bytes",
  "response_bytes",
  "tcp_opened",
  "tcp_closed",
  "tcp_received_bytes",
  "tcp_sent_bytes",
] as const;

export type MetricName = (typeof METRIC_NAMES)[number];
