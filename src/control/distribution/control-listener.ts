// Port 15012: where proxies reach the control plane. TLS 1.3; whoever shows a certificate of the
// mesh may open the control stream, whoever shows none may only ask for a certificate with a
// one-time token. The control plane is on nobody's request path, so Node's own HTTP/2 serves here.

import { constants as crypto } from "node:crypto";
import {
  constants,
  createSecureServer,
  type Http2SecureServer,
  type SecureServerOptions,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from "node:http2";
import type { TLSSocket } from "node:tls";
import { LIMITS } from "#base/limits.ts";
import type { Log } from "#base/log.ts";
import { identityOf } from "#identity/certificate-identity.ts";
import { formatSpiffeId, type SpiffeId } from "#identity/spiffe-id.ts";
import { encodeMessage, MessageReader } from "#snapshot/message-frames.ts";
import {
  type CertificateAnswer,
  type CertificateRequest,
  CONTROL_PATHS,
  type DownMessage,
  type UpMessage,
} from "#snapshot/messages.ts";
import { encodeDown } from "./encode-down.ts";
import { isSoundUp } from "./sound-up.ts";

export type ControlCredentials = {
  readonly key: string;
  readonly certificate: string;
  readonly trust: readonly string[];
};

// What a control stream is to the rest of the control plane.
export type ControlPeer = {
  readonly identity: SpiffeId;
  send(message: DownMessage): void;
  close(): void;
};

export type ControlEvents = {
  // Returns who receives the stream's messages; `closed` comes last.
  opened(peer: ControlPeer): { message(message: UpMessage): void; closed(): void };
  // `identity` is undefined where the connection shows no certificate.
  certificate(
    request: CertificateRequest,
    identity: SpiffeId | undefined,
  ): Promise<CertificateAnswer>;
};

export class ControlListener {
  readonly #events: ControlEvents;
  readonly #log: Log;
  readonly #listener: Http2SecureServer;
  readonly #sessions = new Set<ServerHttp2Session>();

  constructor(credentials: ControlCredentials, events: ControlEvents, log: Log) {
    this.#events = events;
    this.#log = log;
    this.#listener = createSecureServer({
      ...tlsOptions(credentials),
      requestCert: true,
      rejectUnauthorized: false, // decided for each stream, by its path
    });
    this.#listener.maxConnections = LIMITS.controlConnectionsMax;
    this.#listener.on("session", (session) => this.#admit(session));
    this.#listener.on("stream", (stream, headers) => {
      stream.on("error", () => {});
      this.#route(stream as ServerHttp2Stream, String(headers[":path"]));
    });
    this.#listener.on("tlsClientError", () => {});
    this.#listener.on("error", (error) => {
      this.#log.error("The listener for proxies failed", { error: String(error) });
    });
  }

  // `descriptor`: an inherited socket that is bound already.
  listen(on: { address: string; port: number; descriptor?: number }): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#listener.once("error", reject);
      const where =
        on.descriptor === undefined ? { host: on.address, port: on.port } : { fd: on.descriptor };
      this.#listener.listen(where, () => {
        this.#listener.off("error", reject);
        const bound = this.#listener.address();
        resolve(bound !== null && typeof bound === "object" ? bound.port : on.port);
      });
    });
  }

  // New connections get the new certificate; open ones go on.
  replace(credentials: ControlCredentials): void {
    this.#listener.setSecureContext(tlsOptions(credentials));
  }

  // Takes no more, and sends those that are there elsewhere, not all at once: each comes to another
  // replica with all that it wants to know.
  async drain(): Promise<void> {
    this.#listener.close();
    const sessions = [...this.#sessions];
    for (const [i, session] of sessions.entries()) {
      const share = LIMITS.controlDrainMs / sessions.length;
      setTimeout(() => session.close(), i * share);
      setTimeout(() => session.destroy(), i * share + LIMITS.goAwaySettleMs);
    }
    const enoughMs = LIMITS.controlDrainMs + LIMITS.goAwaySettleMs;
    await new Promise<void>((resolve) => void setTimeout(resolve, sessions.length && enoughMs));
  }

  close(): void {
    this.#listener.close();
    for (const session of this.#sessions) session.destroy();
  }

  #admit(session: ServerHttp2Session): void {
    this.#sessions.add(session);
    session.on("error", () => {});
    session.on("close", () => this.#sessions.delete(session));
  }

  #route(stream: ServerHttp2Stream, path: string): void {
    const identity = peerOf(stream);
    if (path === CONTROL_PATHS.certificate) return this.#certify(stream, identity);
    if (path !== CONTROL_PATHS.stream) return refuse(stream, 404);
    if (!identity) return refuse(stream, 403);
    this.#converse(stream, identity);
  }

  #converse(stream: ServerHttp2Stream, identity: SpiffeId): void {
    stream.respond({ ":status": 200, "content-type": "application/octet-stream" });
    const receiver = this.#events.opened({
      identity,
      send: (message) => this.#send(stream, identity, encodeDown(message)),
      close: () => stream.close(),
    });
    const reader = new MessageReader();
    stream.on("data", (chunk: Buffer) => {
      const read = reader.read(chunk);
      if (read.kind === "broken") return this.#break(stream, identity, read.reason);
      for (const message of read.messages) {
        if (!isSoundUp(message)) return this.#break(stream, identity, "a message makes no sense");
        receiver.message(message);
      }
    });
    stream.on("end", () => stream.end());
    stream.on("close", () => receiver.closed());
  }

  // One that doesn't read what it asked for must not be remembered for ever.
  #send(stream: ServerHttp2Stream, identity: SpiffeId, bytes: Uint8Array): void {
    if (!stream.writable) return;
    if (stream.writableLength > LIMITS.controlBacklogBytesMax) {
      return this.#break(stream, identity, "it doesn't read what it is told");
    }
    stream.write(bytes);
  }

  #break(stream: ServerHttp2Stream, identity: SpiffeId, reason: string): void {
    const who = formatSpiffeId(identity);
    this.#log.warn("A proxy's control stream broke the protocol and was closed", { who, reason });
    stream.close(constants.NGHTTP2_PROTOCOL_ERROR);
  }

  // One request a stream; whatever follows it is nobody's.
  #certify(stream: ServerHttp2Stream, identity: SpiffeId | undefined): void {
    const reader = new MessageReader();
    const take = (chunk: Buffer): void => {
      const read = reader.read(chunk);
      const [request] = read.kind === "messages" ? read.messages : [];
      if (read.kind === "messages" && request === undefined) return;
      stream.off("data", take).resume();
      if (read.kind === "broken") return refuse(stream, 400);
      void this.#answer(stream, request, identity).catch((error: unknown) => {
        this.#log.error("Cannot answer a request for a certificate", { error: String(error) });
        stream.close(constants.NGHTTP2_INTERNAL_ERROR);
      });
    };
    stream.on("data", take);
  }

  async #answer(
    stream: ServerHttp2Stream,
    request: unknown,
    identity: SpiffeId | undefined,
  ): Promise<void> {
    const answer = isCertificateRequest(request)
      ? await this.#events.certificate(request, identity)
      : ({ kind: "refused", reason: "the request has no CSR" } as const);
    if (stream.destroyed || stream.headersSent) return;
    stream.respond({ ":status": 200, "content-type": "application/octet-stream" });
    stream.end(encodeMessage(answer));
  }
}

function tlsOptions({ key, certificate, trust }: ControlCredentials): SecureServerOptions {
  return {
    key,
    cert: certificate,
    ca: [...trust],
    minVersion: "TLSv1.3",
    ALPNProtocols: ["h2"],
    // A resumed session would carry an identity past a change of trust.
    secureOptions: crypto.SSL_OP_NO_TICKET,
  };
}

// The identity of an authenticated peer; undefined for all others.
function peerOf(stream: ServerHttp2Stream): SpiffeId | undefined {
  const socket = stream.session?.socket as TLSSocket | undefined;
  if (!socket?.authorized) return undefined;
  const certificate = socket.getPeerX509Certificate();
  return certificate && identityOf(certificate);
}

function refuse(stream: ServerHttp2Stream, status: number): void {
  stream.respond({ ":status": status }, { endStream: true });
}

function isCertificateRequest(request: unknown): request is CertificateRequest {
  if (typeof request !== "object" || request === null) return false;
  const { csr, token } = request as Partial<CertificateRequest>;
  return typeof csr === "string" && (token === undefined || typeof token === "string");
}
