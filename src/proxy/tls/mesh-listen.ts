// Port 15008: where peers of the mesh come in. TLS 1.3, and nobody without a certificate that leads
// to a root of ours and carries an identity of our trust domain gets as far as a stream.

import assert from "node:assert/strict";
import type { Socket } from "node:net";
import { createServer, type Server, type TLSSocket } from "node:tls";
import { LIMITS } from "#base/limits.ts";
import type { LimitsInForce } from "#base/limits-in-force.ts";
import { parseSpiffeId } from "#identity/spiffe-id.ts";
import type { ByteStream } from "#proxy/transport/byte-stream.ts";
import { type Listener, type ListenOn, startListening } from "#proxy/transport/net-listen.ts";
import { socketStream } from "#proxy/transport/socket-stream.ts";
import type { CredentialSlot } from "./credential-slot.ts";
import { type MeshPeer, meshPeerOf } from "./mesh-peer.ts";
import { tlsSettings } from "./tls-settings.ts";

export type MeshListenOptions = {
  // Not empty.
  readonly slot: CredentialSlot;
  readonly on: ListenOn;
  // What is spoken here, the preferred first; `onStream` is told which one of them it is.
  readonly alpns: readonly string[];
  readonly onStream: (stream: ByteStream, peer: MeshPeer, alpn: string) => void;
  // One sentence's end, for logs and counters: "127.0.0.1:4711: CERT_HAS_EXPIRED".
  readonly onRefused: (detail: string) => void;
  readonly handshakeTimeoutMs?: number;
  readonly handshakesMax?: () => number;
  // As they are when a connection comes or goes; without them the defaults hold.
  readonly limits?: LimitsInForce;
  // Asked for each connection before its handshake, which is what costs; else it is closed at once.
  readonly admits?: () => boolean;
};

// Rejects with the system's error where it can't listen.
export async function meshListen(options: MeshListenOptions): Promise<Listener> {
  const { slot, on, alpns } = options;
  assert.ok(slot.current, "a mesh listener needs credentials");
  const limits = options.limits?.current ?? LIMITS;
  const listener = createServer({
    ...tlsSettings(slot.current),
    ALPNProtocols: [...alpns],
    requestCert: true,
    rejectUnauthorized: true,
    handshakeTimeout: options.handshakeTimeoutMs ?? limits.headTimeoutMs,
  });
  const gate = new Gate(listener, options);
  // Replaces what new handshakes use; a connection keeps the context that it was made with.
  const unsubscribe = slot.onReplace((next) => listener.setSecureContext(tlsSettings(next)));
  try {
    const listening = await startListening(listener, on);
    return {
      ...listening,
      close() {
        unsubscribe();
        gate.close();
        listening.close();
      },
    };
  } catch (error) {
    unsubscribe();
    throw error;
  }
}

// Decides who may become a stream, and how many may try at once.
class Gate {
  readonly #listener: Server;
  readonly #options: MeshListenOptions;
  #open = 0;
  #isClosed = false;

  constructor(listener: Server, options: MeshListenOptions) {
    this.#listener = listener;
    this.#options = options;
    this.#bound();
    this.#guardHandshakes();
    listener.on("secureConnection", (socket) => this.#admit(socket));
    // Every connection ends up either there or here. Whoever hears this has to close it.
    listener.on("tlsClientError", (error: NodeJS.ErrnoException, socket) => {
      const { authorizationError } = socket;
      this.#refuse(socket, String(authorizationError ?? error.code ?? error.message));
    });
    listener.on("drop", (dropped) => {
      const remote = `${dropped?.remoteAddress}:${dropped?.remotePort}`;
      options.onRefused(`${remote}: too many connections or handshakes`);
    });
  }

  // Before Node's own listener, which begins the handshake.
  #guardHandshakes(): void {
    const { admits } = this.#options;
    if (!admits) return;
    const shakeHands = this.#listener.listeners("connection");
    this.#listener.removeAllListeners("connection");
    this.#listener.on("connection", (socket: Socket) => {
      if (admits()) for (const listener of shakeHands) listener.call(this.#listener, socket);
      else socket.destroy();
    });
  }

  close(): void {
    this.#isClosed = true;
  }

  #admit(socket: TLSSocket): void {
    const { alpns, slot, onStream } = this.#options;
    const alpn = socket.alpnProtocol || "";
    if (this.#isClosed) return this.#refuse(socket, "closed");
    // A peer that offers no ALPN at all passes the handshake.
    if (!alpns.includes(alpn)) {
      return this.#refuse(socket, `does not speak ${alpns.join(" or ")}`);
    }
    if (socket.isSessionReused()) return this.#refuse(socket, "a resumed session");
    const peer = meshPeerOf(socket);
    const own = parseSpiffeId(slot.current?.identity ?? "");
    if (!peer || parseSpiffeId(peer.identity)?.trustDomain !== own?.trustDomain) {
      const found = peer?.identity ?? socket.getPeerX509Certificate()?.subjectAltName;
      return this.#refuse(socket, `no identity of our trust domain, but ${found}`);
    }
    this.#open++;
    this.#bound();
    socket.once("close", () => {
      this.#open--;
      this.#bound();
    });
    // Not before: a peer that leaves during the handshake would keep its place until the timeout.
    socket.allowHalfOpen = true;
    onStream(socketStream(socket), peer, alpn);
  }

  #refuse(socket: TLSSocket, reason: string): void {
    const remote = `${socket.remoteAddress}:${socket.remotePort}`;
    socket.on("error", () => {});
    socket.destroy();
    this.#options.onRefused(`${remote}: ${reason}`);
  }

  // Node closes what comes beyond this before it has made a TLS state for it. It counts every
  // connection, so the bound moves with those that are through.
  #bound(): void {
    const limits = this.#options.limits?.current ?? LIMITS;
    const handshakesMax = this.#options.handshakesMax?.() ?? limits.handshakesMax;
    this.#listener.maxConnections = Math.min(limits.meshConnectionsMax, this.#open + handshakesMax);
  }
}
