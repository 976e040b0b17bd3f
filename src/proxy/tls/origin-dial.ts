// Dials somebody outside the mesh over TLS, and believes him only if documents say so: by which
// authorities, and under which names.

import type { SocketConstructorOpts } from "node:net";
import { type ConnectionOptions, connect, type TLSSocket } from "node:tls";
import type { Clock } from "#base/clock.ts";
import type {
  ByteStream,
  DialEvents,
  DialFailure,
  Dialing,
  Target,
} from "#proxy/transport/byte-stream.ts";
import { ReadBuffer } from "#proxy/transport/read-buffer.ts";
import { SocketStream } from "#proxy/transport/socket-stream.ts";
import { isOneOfNames } from "./certificate-names.ts";
import type { OriginContexts, OriginTls } from "./origin-contexts.ts";

// The timeout covers connecting and the handshake.
export type OriginDial = (
  target: Target,
  tls: OriginTls,
  alpns: readonly string[],
  timeoutMs: number,
  events: DialEvents,
) => Dialing;

// Node's types don't know these of TLS, its documentation does.
type OriginOptions = ConnectionOptions & Pick<SocketConstructorOpts, "onread" | "allowHalfOpen">;

export function originDial(clock: Clock, contexts: OriginContexts): OriginDial {
  const readBuffer = new ReadBuffer();
  return (target, tls, alpns, timeoutMs, events) => {
    const attempt = new Attempt(readBuffer, events);
    const context = contexts.of(tls);
    if (typeof context === "string") attempt.failSoon(clock, context);
    else {
      attempt.start(clock, timeoutMs, {
        ...{ host: target.address, port: target.port, secureContext: context },
        ...(tls.serverName !== "" && { servername: tls.serverName }),
        ...(alpns.length > 0 && { ALPNProtocols: [...alpns] }),
        rejectUnauthorized: !tls.isUnverified,
        checkServerIdentity: (_, certificate) => isOneOfNames(tls.names, certificate),
      });
    }
    return attempt;
  };
}

class Attempt implements Dialing {
  readonly #readBuffer: ReadBuffer;
  readonly #events: DialEvents;
  #socket: TLSSocket | undefined;
  #stream: SocketStream | undefined;
  #stopTimer = () => {};
  #isSettled = false;

  constructor(readBuffer: ReadBuffer, events: DialEvents) {
    this.#readBuffer = readBuffer;
    this.#events = events;
  }

  start(clock: Clock, timeoutMs: number, options: ConnectionOptions): void {
    const timer = clock.after(timeoutMs, () =>
      this.#fail("timeout", `no answer within ${timeoutMs} ms`),
    );
    this.#stopTimer = () => timer.cancel();
    const whole: OriginOptions = {
      ...options,
      allowHalfOpen: true,
      onread: {
        buffer: this.#readBuffer.buffer,
        callback: (length) => {
          this.#stream?.receive(this.#readBuffer.first(length));
          return true;
        },
      },
    };
    const socket = connect(whole);
    this.#socket = socket;
    socket.on("error", (error) => this.#failWith(error));
    socket.on("close", () => this.#fail("refused", "closed during the handshake"));
    socket.once("secureConnect", () => {
      if (!this.#settle()) return;
      const stream: ByteStream = new SocketStream(socket, true);
      this.#stream = stream as SocketStream;
      this.#events.connected(stream);
    });
  }

  failSoon(clock: Clock, detail: string): void {
    const timer = clock.after(0, () => this.#fail("untrusted", detail));
    this.#stopTimer = () => timer.cancel();
  }

  cancel(): void {
    if (this.#settle()) this.#socket?.destroy();
  }

  // OpenSSL's errors and those of verification say that it is not whom we want; the system's, that
  // we didn't get there.
  #failWith(error: NodeJS.ErrnoException): void {
    const isSystem = error.syscall !== undefined || error.code === "ECONNRESET";
    const detail = error.code ? `${error.code}: ${error.message}` : error.message;
    this.#fail(isSystem ? "refused" : "untrusted", detail);
  }

  #fail(kind: DialFailure["kind"], detail: string): void {
    if (!this.#settle()) return;
    this.#socket?.destroy();
    this.#events.failed({ kind, detail });
  }

  #settle(): boolean {
    if (this.#isSettled) return false;
    this.#isSettled = true;
    this.#stopTimer();
    return true;
  }
}
