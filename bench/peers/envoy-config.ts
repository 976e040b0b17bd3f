// The bootstrap of an Envoy that is one hop: a listener, and the next place.

import type { CertificateFiles } from "./certificates.ts";
import { connectionManager, filter, HTTP2_WINDOWS } from "./envoy-filters.ts";

type Json = Readonly<Record<string, unknown>>;

export type Hop = {
  readonly role: "proxy" | "outbound" | "inbound";
  readonly listenPort: number;
  readonly adminPort: number;
  readonly nextPort: number;
  readonly nextSpeaks: "http1" | "http2";
  // Where there is a mesh between two hops: on the outbound side towards the next, on the inbound
  // side towards the one before.
  readonly meshSpeaks: "http1" | "http2";
  readonly root: string; // file
  readonly own: CertificateFiles | undefined;
  readonly peerIdentity: string;
};

const EXTENSIONS = "type.googleapis.com/envoy.extensions";
const TLS = `${EXTENSIONS}.transport_sockets.tls.v3`;
const HTTP_OPTIONS = "envoy.extensions.upstreams.http.v3.HttpProtocolOptions";
// Istio switches circuit breakers off unless a DestinationRule sets them.
const NO_BREAKERS = {
  thresholds: [
    {
      ...{ max_connections: 4_294_967_295, max_pending_requests: 4_294_967_295 },
      ...{ max_requests: 4_294_967_295, max_retries: 4_294_967_295 },
    },
  ],
};
// Without one it warns that nothing bounds the connections.
const CONNECTIONS_MAX = 100_000;

export function envoyConfig(hop: Hop): Json {
  return {
    node: { id: hop.role, cluster: "bench" },
    admin: { address: loopback(hop.adminPort) },
    static_resources: { listeners: [listener(hop)], clusters: [next(hop)] },
    overload_manager: {
      resource_monitors: [
        filter(
          "envoy.resource_monitors.global_downstream_max_connections",
          `${EXTENSIONS}.resource_monitors.downstream_connections.v3.DownstreamConnectionsConfig`,
          { max_active_downstream_connections: CONNECTIONS_MAX },
        ),
      ],
    },
  };
}

function listener(hop: Hop): Json {
  const chain = { filters: [connectionManager(hop)] };
  const secured = filter("envoy.transport_sockets.tls", `${TLS}.DownstreamTlsContext`, {
    require_client_certificate: true,
    common_tls_context: mutualTls(hop),
  });
  return {
    name: hop.role,
    address: loopback(hop.listenPort),
    filter_chains: [hop.role === "inbound" ? { ...chain, transport_socket: secured } : chain],
  };
}

function next(hop: Hop): Json {
  const speaks = hop.role === "outbound" ? hop.meshSpeaks : hop.nextSpeaks;
  const options =
    speaks === "http2" ? { http2_protocol_options: HTTP2_WINDOWS } : { http_protocol_options: {} };
  const secured = filter("envoy.transport_sockets.tls", `${TLS}.UpstreamTlsContext`, {
    sni: "outbound_.80_._.backend.bench.svc.cluster.local",
    common_tls_context: mutualTls(hop),
  });
  return {
    name: "next",
    type: "STATIC",
    connect_timeout: "5s",
    lb_policy: "LEAST_REQUEST", // Istio's default
    circuit_breakers: NO_BREAKERS,
    load_assignment: {
      cluster_name: "next",
      endpoints: [{ lb_endpoints: [{ endpoint: { address: loopback(hop.nextPort) } }] }],
    },
    typed_extension_protocol_options: {
      [HTTP_OPTIONS]: {
        "@type": `type.googleapis.com/${HTTP_OPTIONS}`,
        explicit_http_config: options,
      },
    },
    ...(hop.role === "outbound" ? { transport_socket: secured } : {}),
  };
}

// TLS 1.3 only, and both sides verify the other's chain and its SPIFFE name.
function mutualTls({ root, own, peerIdentity, meshSpeaks }: Hop): Json {
  const names = { san_type: "URI", matcher: { exact: peerIdentity } };
  return {
    tls_params: {
      tls_minimum_protocol_version: "TLSv1_3",
      tls_maximum_protocol_version: "TLSv1_3",
    },
    alpn_protocols:
      meshSpeaks === "http2"
        ? ["istio-h2", "istio", "h2"]
        : ["istio-http/1.1", "istio", "http/1.1"],
    tls_certificates: [
      {
        certificate_chain: { filename: own?.certificate },
        private_key: { filename: own?.key },
      },
    ],
    validation_context: {
      trusted_ca: { filename: root },
      match_typed_subject_alt_names: [names],
    },
  };
}

function loopback(port: number): Json {
  return { socket_address: { address: "127.0.0.1", port_value: port } };
}
