// What well known Grafana dashboards ask of Prometheus, as they stand in Istio's
// (manifests/addons/dashboards) and Linkerd's (grafana/dashboards) repositories.

export type DashboardQuery = { readonly panel: string; readonly query: string };

export const ISTIO_QUERIES: readonly DashboardQuery[] = [
  ...list("mesh: global request volume", [
    'round(sum by () (rate(istio_requests_total{reporter=~"source|waypoint"}[$__rate_interval])), 0.01)',
  ]),
  ...list("mesh: global success rate", [
    'sum by () (rate(istio_requests_total{reporter=~"source|waypoint",response_code!~"5.."}[$__rate_interval])) / sum by () (rate(istio_requests_total{reporter=~"source|waypoint"}[$__rate_interval]))',
  ]),
  ...list("mesh: 4xx", [
    'round(sum by () (rate(istio_requests_total{reporter=~"source|waypoint",response_code=~"4.."}[$__rate_interval])), 0.01)or vector(0)',
  ]),
  ...list("mesh: HTTP/gRPC workloads", [
    'label_join(sum by (destination_workload,destination_workload_namespace,destination_service) (rate(istio_requests_total{reporter=~"source|waypoint"}[$__rate_interval])), "destination_workload_var", ".", "destination_workload", "destination_workload_namespace")',
    'label_join(histogram_quantile(0.5, sum by (le,destination_workload,destination_workload_namespace) (rate(istio_request_duration_milliseconds_bucket{reporter=~"source|waypoint"}[$__rate_interval]))), "destination_workload_var", ".", "destination_workload", "destination_workload_namespace")',
  ]),
  ...list("mesh: TCP workloads", [
    'label_join(sum by (destination_workload,destination_workload_namespace,destination_service) (rate(istio_tcp_received_bytes_total{reporter=~"source|waypoint"}[$__rate_interval])), "destination_workload_var", ".", "destination_workload", "destination_workload_namespace")',
    'label_join(sum by (destination_workload,destination_workload_namespace,destination_service) (rate(istio_tcp_sent_bytes_total{reporter=~"source|waypoint"}[$__rate_interval])), "destination_workload_var", ".", "destination_workload", "destination_workload_namespace")',
  ]),
  ...list("service: client request volume", [
    'round(sum(irate(istio_requests_total{reporter=~"$qrep",destination_service="$service"}[$__rate_interval])), 0.001)',
  ]),
  ...list("service: client success rate", [
    'sum(irate(istio_requests_total{reporter=~"$qrep",destination_service="$service",response_code!~"5.*"}[$__rate_interval])) / (sum(irate(istio_requests_total{reporter=~"$qrep",destination_service="$service"}[$__rate_interval])) or on () vector(1))',
  ]),
  ...list("service: client request duration", [
    '(histogram_quantile(0.99, sum(irate(istio_request_duration_milliseconds_bucket{reporter=~"$qrep",destination_service="$service"}[$__rate_interval])) by (le)) / 1000) or histogram_quantile(0.99, sum(irate(istio_request_duration_seconds_bucket{reporter=~"$qrep",destination_service="$service"}[$__rate_interval])) by (le))',
  ]),
  ...list("service: server request volume", [
    'round(sum(irate(istio_requests_total{reporter="destination",destination_service="$service"}[$__rate_interval])), 0.001)',
  ]),
  ...list("service: incoming requests by source and response code", [
    'round(sum(irate(istio_requests_total{connection_security_policy="mutual_tls",destination_service="$service",reporter=~"$qrep",source_workload=~"$srcwl",source_workload_namespace=~"$srcns"}[$__rate_interval])) by (source_workload, source_workload_namespace, response_code), 0.001)',
  ]),
  ...list("service: incoming request size by source", [
    'histogram_quantile(0.50, sum(irate(istio_request_bytes_bucket{reporter=~"$qrep", connection_security_policy="mutual_tls", destination_service="$service", source_workload=~"$srcwl", source_workload_namespace=~"$srcns"}[$__rate_interval])) by (source_workload, source_workload_namespace, le))',
  ]),
  ...list("workload: incoming requests by service and response code", [
    'round(sum(irate(istio_requests_total{connection_security_policy="mutual_tls", source_workload_namespace=~"$namespace", source_workload=~"$workload", reporter="source", destination_service=~"$dstsvc"}[$__rate_interval])) by (destination_service, response_code), 0.001)',
  ]),
  ...list("workload: response size by destination", [
    'histogram_quantile(0.90, sum(irate(istio_response_bytes_bucket{reporter="source", connection_security_policy="mutual_tls", source_workload=~"$workload", source_workload_namespace=~"$namespace"}[$__rate_interval])) by (destination_service, le))',
  ]),
  ...list("service: TCP server traffic", [
    'sum(irate(istio_tcp_received_bytes_total{reporter=~"$qrep", destination_service="$tcpservice"}[$__rate_interval]))',
    'sum(irate(istio_tcp_sent_bytes_total{reporter=~"$qrep", destination_service="$tcpservice"}[$__rate_interval]))',
  ]),
  ...list("ztunnel: connections", [
    "sum by (pod) (rate(istio_tcp_connections_opened_total{}[$__rate_interval]))",
    "-sum by (pod) (rate(istio_tcp_connections_closed_total{}[$__rate_interval]))",
  ]),
];

export const LINKERD_QUERIES: readonly DashboardQuery[] = [
  ...list("top-line: global success rate", [
    'sum(irate(response_total{classification="success", deployment=~"$deployment"}[$__rate_interval])) / sum(irate(response_total{deployment=~"$deployment"}[$__rate_interval]))',
  ]),
  ...list("top-line: global request volume", [
    'sum(irate(request_total{deployment=~"$deployment"}[$__rate_interval]))',
  ]),
  ...list("top-line: namespaces and deployments monitored", [
    'count(count(request_total{namespace=~"$namespace"}) by (namespace))',
    'count(count(request_total{namespace=~"$namespace"}) by (namespace, deployment))',
  ]),
  ...list("top-line: success rate, request volume, latency of namespaces", [
    'sum(irate(response_total{classification="success", namespace=~"$namespace", direction="inbound"}[$__rate_interval])) by (namespace) / sum(irate(response_total{namespace=~"$namespace", direction="inbound"}[$__rate_interval])) by (namespace)',
    'sum(irate(request_total{namespace=~"$namespace", direction="inbound", tls="true"}[$__rate_interval])) by (namespace)',
    'histogram_quantile(0.95, sum(irate(response_latency_ms_bucket{namespace=~"$namespace", direction="inbound"}[$__rate_interval])) by (le, namespace))',
  ]),
  ...list("deployment: inbound and outbound deployments", [
    'count(count(request_total{dst_namespace="$namespace", deployment!="", dst_deployment!="", dst_deployment="$deployment", direction="outbound"}) by (namespace, deployment))',
    'count(count(request_total{namespace="$namespace", deployment="$deployment", direction="outbound"}) by (namespace, dst_deployment))',
  ]),
  ...list("deployment: success rate, request rate, latency", [
    'sum(irate(response_total{classification="success", namespace="$namespace", deployment="$deployment", direction="inbound"}[$__rate_interval])) by (deployment) / sum(irate(response_total{namespace="$namespace", deployment="$deployment", direction="inbound"}[$__rate_interval])) by (deployment)',
    'sum(irate(request_total{namespace="$namespace", deployment="$deployment", direction="inbound", tls="true"}[$__rate_interval])) by (deployment)',
    'histogram_quantile(0.99, sum(irate(response_latency_ms_bucket{namespace="$namespace", deployment="$deployment", direction="inbound"}[$__rate_interval])) by (le, deployment))',
  ]),
  ...list("deployment: TCP", [
    'tcp_open_connections{namespace="$namespace", deployment="$tcpdeployment", direction="inbound"}',
    'sum(irate(tcp_read_bytes_total{namespace="$namespace", deployment="$tcpdeployment", direction="inbound"}[$__rate_interval])) by (deployment)',
    'sum(irate(tcp_write_bytes_total{namespace="$namespace", deployment="$tcpdeployment", direction="inbound"}[$__rate_interval])) by (deployment)',
  ]),
  ...list("deployment: outbound traffic", [
    'sum(irate(request_total{namespace="$namespace", dst_deployment="$deployment", direction="outbound", tls="true"}[$__rate_interval])) by (deployment)',
    'histogram_quantile(0.50, sum(irate(response_latency_ms_bucket{namespace="$namespace", deployment="$deployment", direction="outbound"}[$__rate_interval])) by (le, dst_deployment))',
  ]),
  ...list("service: success rate and request rate by authority", [
    'sum(irate(response_total{classification="success", dst_namespace="$namespace", dst_service="$dst_service", direction="outbound"}[$__rate_interval])) by (dst_service) / sum(irate(response_total{dst_namespace="$namespace", dst_service="$dst_service", direction="outbound"}[$__rate_interval])) by (dst_service)',
    'sum(irate(request_total{authority!="", dst_namespace="$namespace", direction="outbound"}[$__rate_interval])) by (authority)',
  ]),
];

function list(panel: string, queries: readonly string[]): readonly DashboardQuery[] {
  return queries.map((query) => ({ panel, query }));
}
