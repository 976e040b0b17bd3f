// Dials a peer of the mesh: TLS 1.3 with our certificate, and believes it only if its certificate
// leads to a root of ours and carries one of the identities expected there. Host names mean nothing
// here: an address is no identity.
//
// In TLS 1.3 our handshake is over before the listener has seen our certificate. If it refuses it,
// the connection is reported as connected and then closes before the peer's first byte.

import type { SocketConstructorOpts } from "node:net";
import {
  type ConnectionOptions,
  connect,
  createSecureContext,
  type SecureContext,
  type TLSSocket,
} from "node:tls";
import type { Clock } from "#base/clock.ts";
import type { ByteStream, DialFailure, Dialing, Target } from "#proxy/transport/byte-stream.ts";
import { ReadBuffer } from "#proxy/transport/read-buffer.ts";
import { SocketStream } from "#proxy/transport/socket-stream.ts";
import { type MeshPeer, meshPeerOf } from "./mesh-peer.ts";
import { type TlsMaterial, tlsSettings } from "./tls-settings.ts";

export type MeshDialEvents = {
  // Attach to the stream in this call: bytes that nobody is attached to are lost.
  connected(stream: ByteStream, peer: MeshPeer): void;
  failed(failure: DialFailure): void;
};

// Any one of `identities` will do. The timeout covers connecting and the handshake.
export type MeshDial = (
  target: Target,
  identities: readonly string[],
  timeoutMs: number,
  events: MeshDialEvents,
) => Dialing;

export type MeshDialOptions = {
  // A CredentialSlot; or, to join, just the trust.
  readonly slot: { readonly current: TlsMaterial | undefined };
  readonly clock: Clock;
  readonly alpn: string;
};

export function meshDial({ slot, clock, alpn }: MeshDialOptions): MeshDial {
  const readBuffer = new ReadBuffer();
  const contexts = new ContextCache();
  return (target, identities, timeoutMs, events) => {
    const material = slot.current;
    const attempt = new Attempt({ clock, alpn, readBuffer, identities, events });
    if (material) attempt.start(target, timeoutMs, contexts.of(material));
    else attempt.failSoon(clock, "we have no certificate yet");
    return attempt;
  };
}

// Reading a key and a bundle costs more than a handshake, so it is done once for each.
class ContextCache {
  #material: TlsMaterial | undefined;
  #context: SecureContext | undefined;

  of(material: TlsMaterial): SecureContext {
    if (material !== this.#material || !this.#context) {
      this.#context = createSecureContext(tlsSettings(material));
      this.#material = material;
    }
    return this.#context;
  }
}

type AttemptOptions = {
  readonly clock: Clock;
  readonly alpn: string;
  readonly readBuffer: ReadBuffer;
  readonly identities: readonly string[];
  readonly events: MeshDialEvents;
};

// Node's types don't know these of TLS, its documentation does.
type MeshConnectOptions = ConnectionOptions &
  Pick<SocketConstructorOpts, "onread" | "allowHalfOpen">;

class Attempt implements Dialing {
  readonly #options: AttemptOptions;
  #socket: TLSSocket | undefined;
  #stream: SocketStream | undefined;
  #stopTimer = () => {};
  #isSettled = false;

  constructor(options: AttemptOptions) {
    this.#options = options;
  }

  start(target: Target, timeoutMs: number, secureContext: SecureContext): void {
    const timer = this.#options.clock.after(timeoutMs, () =>
      this.#fail("timeout", `no answer within ${timeoutMs} ms`),
    );
    this.#stopTimer = () => timer.cancel();
    const socket = connect(this.#connectOptions(target, secureContext));
    this.#socket = socket;
    socket.on("error", (error) => this.#failWith(error));
    socket.on("close", () => this.#fail("refused", "closed during the handshake"));
    socket.once("secureConnect", () => this.#verify(socket));
  }

  failSoon(clock: Clock, detail: string): void {
    const timer = clock.after(0, () => this.#fail("refused", detail));
    this.#stopTimer = () => timer.cancel();
  }

  cancel(): void {
    if (this.#settle()) this.#socket?.destroy();
  }

  #connectOptions(target: Target, secureContext: SecureContext): MeshConnectOptions {
    return {
      host: target.address,
      port: target.port,
      secureContext,
      ALPNProtocols: [this.#options.alpn],
      allowHalfOpen: true,
      // Whatever NODE_TLS_REJECT_UNAUTHORIZED says.
      rejectUnauthorized: true,
      // The chain is verified by then; who it is, #verify asks.
      checkServerIdentity: () => undefined,
      onread: {
        buffer: this.#options.readBuffer.buffer,
        callback: (length) => {
          this.#stream?.receive(this.#options.readBuffer.first(length));
          return true;
        },
      },
    };
  }

  #verify(socket: TLSSocket): void {
    if (this.#isSettled) return;
    const { alpn, identities, events } = this.#options;
    if (socket.alpnProtocol !== alpn) {
      return this.#fail("untrusted", `the peer does not speak ${alpn}`);
    }
    const peer = meshPeerOf(socket);
    if (!peer || !identities.includes(peer.identity)) {
      const found = peer?.identity ?? socket.getPeerX509Certificate()?.subjectAltName ?? "nobody";
      const expected = identities.join(" or ") || "nobody";
      return this.#fail("untrusted", `expected ${expected}, found ${found}`);
    }
    this.#settle();
    this.#stream = new SocketStream(socket, true);
    events.connected(this.#stream, peer);
  }

  // OpenSSL's errors and those of verification say that it is not whom we want; the system's, that
  // we didn't get there.
  #failWith(error: NodeJS.ErrnoException): void {
    const isSystem = error.syscall !== undefined || error.code === "ECONNRESET";
    this.#fail(isSystem ? "refused" : "untrusted", error.code ?? error.message);
  }

  #fail(kind: DialFailure["kind"], detail: string): void {
    if (!this.#settle()) return;
    this.#socket?.destroy();
    this.#options.events.failed({ kind, detail });
  }

  #settle(): boolean {
    if (this.#isSettled) return false;
    this.#isSettled = true;
    this.#stopTimer();
    return true;
  }
}
