// One listener of a gateway: from the accepted socket to a stream whose peer is known and, where
// TLS ends here, secured. Everything that a stranger can do before that is bounded here.
//
//   accepted -> (PROXY protocol) -> (handshake) -> stream
//
// The handshakes are made by a TLS server that listens nowhere: what it makes of a socket depends
// on the certificates in force when the socket comes to it, so they are replaced by another one.

import { createServer, type Server, type Socket } from "node:net";
import {
  createServer as createTlsServer,
  type TLSSocket,
  type Server as TlsServer,
} from "node:tls";
import type { OpenConnections } from "#proxy/pipeline/open-connections.ts";
import { acceptedStream } from "#proxy/transport/accepted-stream.ts";
import type { ByteStream, Target } from "#proxy/transport/byte-stream.ts";
import type { CodecTools } from "#proxy/transport/codec-tools.ts";
import { type Listener, startListening } from "#proxy/transport/net-listen.ts";
import { ReadBuffer } from "#proxy/transport/read-buffer.ts";
import { socketStream } from "#proxy/transport/socket-stream.ts";
import type { BoundListener } from "./bind-gateway.ts";
import type { GatewayCertificates } from "./gateway-certificates.ts";
import type { ConnectionRefusal, GatewayCounters } from "./gateway-counters.ts";
import { gatewayTlsSettings } from "./gateway-tls-settings.ts";
import { takeProxyHeader } from "./take-proxy-header.ts";

const ALPN_HTTP2 = "h2";
const ALPN_HTTP1 = "http/1.1";

export type GatewayListenOptions = {
  readonly tools: Pick<CodecTools, "deadlines" | "limits">;
  readonly counters: GatewayCounters;
  // All that the process has from downstream.
  readonly open: OpenConnections;
  // Is there room for one more, and for how many handshakes at a time?
  readonly admits: () => boolean;
  readonly handshakesMax: () => number;
  readonly onStream: (arrived: ArrivedStream) => void;
};

export type ArrivedStream = {
  readonly stream: ByteStream;
  // Who is at the other end: the peer, or whom a trusted one names.
  readonly source: Target;
  // What the handshake agreed on; undefined without one.
  readonly agreed: "http1" | "http2" | undefined;
};

type Arriving = {
  source: Target;
  // Has become a stream, or nothing.
  readonly left: () => void;
};

export class GatewayListener {
  readonly #options: GatewayListenOptions;
  readonly #readBuffer = new ReadBuffer();
  // On their way to a stream, by the peer's address and port.
  readonly #arriving = new Map<string, Arriving>();
  #bound: BoundListener;
  #tls: TlsServer | undefined;
  #listening: Listener | undefined;

  constructor(bound: BoundListener, options: GatewayListenOptions) {
    this.#options = options;
    this.#bound = bound;
    this.#tls = this.#makeTls(bound.certificates);
  }

  get bound(): BoundListener {
    return this.#bound;
  }

  // Rejects with the system's error where it can't listen.
  async open(): Promise<void> {
    const { plan, descriptor } = this.#bound;
    const { address, port } = plan;
    this.#listening = await startListening(
      this.#makeServer(),
      descriptor === undefined ? { address, port } : { address, port, descriptor },
    );
  }

  // For what comes from now on; a handshake under way ends as it began.
  replace(bound: BoundListener): void {
    this.#bound = bound;
    this.#tls = this.#makeTls(bound.certificates);
  }

  // No new sockets; those that have come go on.
  close(): void {
    this.#listening?.close();
  }

  #makeServer(): Server {
    // A peer that leaves during the handshake would else keep its place until the timeout.
    const allowHalfOpen = this.#tls === undefined;
    return createServer({ allowHalfOpen, pauseOnConnect: true }, (socket) => this.#accept(socket));
  }

  #accept(socket: Socket): void {
    const { tools, counters, open, admits, handshakesMax } = this.#options;
    const { plan, trusted } = this.#bound;
    socket.on("error", () => {});
    counters.accepted(plan.name);
    const isFull = open.count >= tools.limits.current.gatewayConnectionsMax || !admits();
    if (isFull || this.#arriving.size >= handshakesMax()) return this.#refuse(socket, "too-many");
    const source = { address: socket.remoteAddress ?? "", port: socket.remotePort ?? 0 };
    if (!trusted && !this.#tls) return this.#arrived(this.#plainStream(socket), source);
    if (trusted && !trusted.includes(source.address)) {
      return this.#refuse(socket, "proxy-untrusted");
    }
    const key = keyOf(socket);
    const arriving = this.#await(key, socket, source);
    if (!trusted) return this.#secure(socket);
    takeProxyHeader(socket, tools, {
      taken: (named) => {
        if (named) arriving.source = named;
        if (this.#tls) return this.#secure(socket);
        this.#arrived(socketStream(socket), arriving.source);
        this.#settle(key);
      },
      refused: (cause) => {
        // Else it has broken, and is counted.
        if (this.#settle(key)) this.#refuse(socket, cause);
      },
    });
  }

  // Whoever drains waits for it, too.
  #await(key: string, socket: Socket, source: Target): Arriving {
    const { counters, open } = this.#options;
    const { name } = this.#bound.plan;
    let left = (): void => {};
    open.add((closed) => {
      left = closed;
      const destroy = (): void => void socket.destroy();
      return { drain: destroy, retire() {}, destroy };
    });
    const arriving: Arriving = { source, left };
    this.#arriving.set(key, arriving);
    socket.once("close", () => {
      // It never became a stream.
      if (this.#arriving.get(key) !== arriving) return;
      this.#settle(key);
      counters.refused(name, "handshake-failed");
    });
    return arriving;
  }

  #settle(key: string): Arriving | undefined {
    const arriving = this.#arriving.get(key);
    this.#arriving.delete(key);
    arriving?.left();
    return arriving;
  }

  #plainStream(socket: Socket): ByteStream {
    return acceptedStream(socket, this.#readBuffer);
  }

  #arrived(stream: ByteStream, source: Target): void {
    this.#options.onStream({ stream, source, agreed: undefined });
  }

  #refuse(socket: Socket, cause: ConnectionRefusal): void {
    this.#options.counters.refused(this.#bound.plan.name, cause);
    socket.destroy();
  }

  // ---- TLS --------------------------------------------------------------------------------------

  #secure(socket: Socket): void {
    this.#tls!.emit("connection", socket);
  }

  #makeTls(certificates: GatewayCertificates | undefined): TlsServer | undefined {
    if (!certificates) return undefined;
    const { rest } = certificates;
    const tls = createTlsServer({
      ...gatewayTlsSettings(),
      ...(rest ? { cert: rest.cert, key: rest.key } : {}),
      ALPNProtocols: [ALPN_HTTP2, ALPN_HTTP1],
      handshakeTimeout: this.#options.tools.limits.current.headTimeoutMs,
      // An exception from here would end the process. Who asks for a name that nothing stands for
      // gets the certificate for all others, or, where there is none, no handshake.
      SNICallback: (name, answer) => answer(null, certificates.find(name.toLowerCase())?.context),
    });
    tls.on("secureConnection", (socket) => this.#secured(socket));
    tls.on("tlsClientError", (_, socket) => {
      socket.on("error", () => {});
      socket.destroy();
    });
    return tls;
  }

  #secured(socket: TLSSocket): void {
    const arriving = this.#arriving.get(keyOf(socket));
    if (!arriving) {
      socket.on("error", () => {});
      socket.destroy();
      return;
    }
    socket.allowHalfOpen = true;
    const agreed = socket.alpnProtocol === ALPN_HTTP2 ? "http2" : "http1";
    this.#options.onStream({ stream: socketStream(socket), source: arriving.source, agreed });
    this.#settle(keyOf(socket));
  }
}

function keyOf({ remoteAddress, remotePort }: Socket): string {
  return `${remoteAddress} ${remotePort}`;
}
