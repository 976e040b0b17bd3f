// trafficPolicy.connectionPool of a DestinationRule: how much at once. 0 stands for no limit.

import type { Connections } from "#ir/destination-policy.ts";
import type { FieldReader } from "#ir/field-reader.ts";
import { readDurationMs } from "#ir/read-duration.ts";

const COUNT_MOST = 2_147_483_647;

export function readConnectionPool(policy: FieldReader): Connections | undefined {
  const reader = policy.object("connectionPool");
  if (!reader) return undefined;
  const tcp = reader.inside("tcp");
  const http = reader.inside("http");
  const connectTimeoutMs = readDurationMs(tcp, "connectTimeout", 1);
  const connectionLifeMs = readDurationMs(tcp, "maxConnectionDuration", 1);
  const idleTimeoutMs = readDurationMs(http, "idleTimeout", 1);
  reportWhatHasNoMeaning(tcp, http);
  return {
    ...count(tcp, "maxConnections", "connectionsMax"),
    ...count(http, "http1MaxPendingRequests", "pendingMax"),
    ...count(http, "http2MaxRequests", "requestsMax"),
    ...count(http, "maxRequestsPerConnection", "requestsPerConnectionMax"),
    ...count(http, "maxConcurrentStreams", "streamsPerConnectionMax"),
    ...(connectTimeoutMs !== undefined && { connectTimeoutMs }),
    ...(connectionLifeMs !== undefined && { connectionLifeMs }),
    ...(idleTimeoutMs !== undefined && { idleTimeoutMs }),
  };
}

function count(reader: FieldReader, name: string, key: keyof Connections): Connections {
  const value = reader.integer(name, 0, COUNT_MOST);
  return value === undefined || value === 0 ? {} : { [key]: value };
}

// Between two proxies of the mesh, every exchange is a stream of HTTP/2 over mTLS.
function reportWhatHasNoMeaning(tcp: FieldReader, http: FieldReader): void {
  const probes = "the proxies' own PINGs tell which connections are dead";
  tcp.unsupported("warning", probes, "tcpKeepalive");
  tcp.unsupported("warning", "silent tunnels end after tunnelIdleMs of the limits", "idleTimeout");
  const own = "between proxies requests go over HTTP/2, to the application as its port declares";
  http.unsupported("warning", own, "h2UpgradePolicy", "useClientProtocol");
  http.unsupported("warning", probes, "http2KeepAlive");
  http.unsupported("warning", "the mesh's retry budget bounds retries", "maxRetries");
}
