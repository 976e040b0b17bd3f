// The HTTP connection manager of an Envoy, bare or as Istio configures its sidecars, as far as
// Envoy's own release has the filters (Istio's metadata exchange and stats are in its own build
// only, so a sidecar of Istio costs more than this).

import type { Hop } from "./envoy-config.ts";
import { ROUTED_PATHS } from "./routes.ts";

type Json = Readonly<Record<string, unknown>>;

// Where Istio leaves a limit to the application it is the largest that there is.
const UNLIMITED = 2_147_483_647;

export const HTTP2_WINDOWS = {
  max_concurrent_streams: UNLIMITED,
  initial_stream_window_size: 1024 * 1024,
  initial_connection_window_size: 16 * 1024 * 1024,
};

export function connectionManager(hop: Hop): Json {
  const isInbound = hop.role === "inbound";
  return filter("envoy.filters.network.http_connection_manager", MANAGER, {
    stat_prefix: hop.role,
    // What Istio's ALPN names stand for; Envoy itself doesn't know them.
    codec_type: isInbound ? (hop.meshSpeaks === "http2" ? "HTTP2" : "HTTP1") : "AUTO",
    route_config: routes(hop),
    http_filters: [...(hop.role === "proxy" ? [] : istioFilters(hop)), ROUTER],
    http2_protocol_options: HTTP2_WINDOWS,
    ...(hop.role === "proxy" ? { generate_request_id: false } : ISTIO_MANAGER),
    ...(hop.role === "outbound" ? { use_remote_address: true } : {}),
    ...(isInbound ? FORWARDED_IDENTITY : {}),
  });
}

const EXTENSIONS = "type.googleapis.com/envoy.extensions";
const HTTP_FILTERS = `${EXTENSIONS}.filters.http`;
const MANAGER = `${EXTENSIONS}.filters.network.http_connection_manager.v3.HttpConnectionManager`;
const ROUTER = filter("envoy.filters.http.router", `${HTTP_FILTERS}.router.v3.Router`, {});

// Paths are made canonical before policies see them; answers say who gave them. Request ids are
// made where there are none, which is Envoy's default.
const ISTIO_MANAGER = { normalize_path: true, server_name: "istio-envoy" };

// X-Forwarded-Client-Cert: the application is told whose certificate the caller showed.
const FORWARDED_IDENTITY = {
  use_remote_address: false,
  forward_client_cert_details: "APPEND_FORWARD",
  set_current_client_cert_details: { subject: true, dns: true, uri: true },
};

function istioFilters({ role, peerIdentity }: Hop): readonly Json[] {
  return [
    // What an AuthorizationPolicy becomes: only this principal is let in.
    ...(role === "inbound" ? [allowOnly(peerIdentity)] : []),
    // There in every sidecar, for VirtualServices with faults and with a CORS policy.
    filter("envoy.filters.http.fault", `${HTTP_FILTERS}.fault.v3.HTTPFault`, {}),
    filter("envoy.filters.http.cors", `${HTTP_FILTERS}.cors.v3.Cors`, {}),
    // Tells gRPC calls from others and counts their messages.
    filter("envoy.filters.http.grpc_stats", `${HTTP_FILTERS}.grpc_stats.v3.FilterConfig`, {
      emit_filter_state: true,
      stats_for_all_methods: false,
    }),
  ];
}

function allowOnly(identity: string): Json {
  const principal = { authenticated: { principal_name: { exact: identity } } };
  const policy = { permissions: [{ any: true }], principals: [principal] };
  return filter("envoy.filters.http.rbac", `${HTTP_FILTERS}.rbac.v3.RBAC`, {
    rules: { action: "ALLOW", policies: { caller: policy } },
  });
}

function routes({ role }: Hop): Json {
  const route = {
    cluster: "next",
    timeout: "0s",
    ...(role === "outbound" ? { retry_policy: ISTIO_RETRIES } : {}),
  };
  // The inbound side of a sidecar has one route; the others are the caller's.
  const exact = role === "inbound" ? [] : ROUTED_PATHS.map((path) => ({ match: { path }, route }));
  const virtualHost = {
    name: "all",
    domains: ["*"],
    routes: [...exact, { match: { prefix: "/" }, route }],
  };
  return { name: "routes", virtual_hosts: [virtualHost] };
}

// What a request gets for which no document says otherwise: two more tries, elsewhere if possible.
const ISTIO_RETRIES = {
  retry_on: "connect-failure,refused-stream,unavailable,cancelled,retriable-status-codes",
  num_retries: 2,
  retry_host_predicate: [
    filter(
      "envoy.retry_host_predicates.previous_hosts",
      `${EXTENSIONS}.retry.host.previous_hosts.v3.PreviousHostsPredicate`,
      {},
    ),
  ],
  host_selection_retry_max_attempts: "5",
  retriable_status_codes: [503],
};

export function filter(name: string, type: string, config: Json): Json {
  return { name, typed_config: { "@type": type, ...config } };
}
