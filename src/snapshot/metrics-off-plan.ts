// Istio's standard metrics that a workload's proxy doesn't tell: of requests that the workload
// makes ("source"), and of those that it is sent. Absent in a plan: it tells all.

export type MetricsOffPlan = {
  readonly source: readonly MetricPlanName[];
  readonly destination: readonly MetricPlanName[];
};

export type MetricPlanName =
  | "requests"
  | "request_duration"
  | "request_bytes"
  | "response_bytes"
  | "tcp_opened"
  | "tcp_closed"
  | "tcp_received_bytes"
  | "tcp_sent_bytes";
