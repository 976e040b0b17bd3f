// How connections are made: to endpoints of the mesh, and without TLS.

import type { PoolLimits, Settled } from "#proxy/exchange/connection-pool.ts";
import type { ConnectionOwner, UpstreamConnection } from "#proxy/exchange/exchange.ts";
import type { Failure } from "#proxy/exchange/failure.ts";
import { Http1ClientConnection } from "#proxy/http1/client-connection.ts";
import { Http2ClientConnection } from "#proxy/http2/client-connection.ts";
import type { MeshDial } from "#proxy/tls/mesh-dial.ts";
import type { ByteStream, DialFailure, Target } from "#proxy/transport/byte-stream.ts";
import type { CodecTools } from "#proxy/transport/codec-tools.ts";
import { TcpClientConnection } from "#proxy/tunnel/tcp-client-connection.ts";
import type { ConnectTo } from "./endpoints.ts";
import { http2First } from "./http2-first.ts";
import type { MeshConnections } from "./mesh-connections.ts";
import type { OutsideDial, OutsideTarget, Spoken } from "./outside-dial.ts";
import type { PlainConnectors } from "./plain-port.ts";

export function meshConnector(
  dial: MeshDial,
  tools: CodecTools,
  connections: MeshConnections,
): ConnectTo {
  return ({ address, meshPort, identity }, limits) => {
    const target = { address, port: meshPort };
    return (owner, settled) =>
      dial(target, [identity], limits.current.connectTimeoutMs, {
        connected(stream, peer) {
          let closed = (): void => {};
          const tracked: ConnectionOwner = {
            slotsChanged: () => owner.slotsChanged(),
            draining: () => owner.draining(),
            closed() {
              closed();
              owner.closed();
            },
          };
          const connection = new Http2ClientConnection(stream, tracked, tools);
          closed = connections.add(connection, peer);
          settled.connected(connection);
        },
        failed: (failure) => settled.failed(connectFailure(target, failure)),
      });
  };
}

export function plainConnectors(dial: OutsideDial, tools: CodecTools): PlainConnectors {
  const over =
    (speak: (stream: ByteStream, owner: ConnectionOwner) => UpstreamConnection, spoken: Spoken) =>
    (target: OutsideTarget, limits: PoolLimits = tools.limits) =>
    (owner: ConnectionOwner, settled: Settled) =>
      dial(
        target,
        limits.current.connectTimeoutMs,
        {
          connected: (stream) => settled.connected(speak(stream, owner)),
          failed: (failure) => settled.failed(connectFailure(target, failure)),
        },
        spoken,
      );
  const http = over((stream, owner) => new Http1ClientConnection(stream, owner, tools), "http/1.1");
  const http2 = over((stream, owner) => new Http2ClientConnection(stream, owner, tools), "h2");
  const { clock, deadlines } = tools;
  const patienceMs = () => tools.limits.current.connectTimeoutMs;
  return {
    http,
    http2,
    http2First: (target, limits) => {
      const [connectHttp1, connectHttp2] = [http(target, limits), http2(target, limits)];
      return http2First({ clock, deadlines, patienceMs, connectHttp1, connectHttp2 });
    },
    tcp: over((stream, owner) => new TcpClientConnection(stream, owner, tools), ""),
  };
}

// Nothing was sent, so every one of them may be tried again.
function connectFailure({ address, port }: Target, { kind, detail }: DialFailure): Failure {
  return {
    code: `upstream-${kind}`,
    side: "upstream",
    retry: "always",
    detail: `Cannot connect to ${address}:${port}: ${detail}`,
  };
}
