// Dials a port of a workload of another mesh: a CONNECT on a connection to its proxy, and the
// tunnel that the answer opens as a connection of its own. What is spoken inside is the caller's.

import type { Deadlines } from "#base/deadlines.ts";
import { Deadline } from "#base/deadlines.ts";
import type { ConnectionPool, Waiter } from "#proxy/exchange/connection-pool.ts";
import type {
  ExchangeEvents,
  RequestEvents,
  UpstreamConnection,
  UpstreamStream,
} from "#proxy/exchange/exchange.ts";
import type { Failure } from "#proxy/exchange/failure.ts";
import {
  type Headers,
  LENGTH_UNKNOWN,
  opensTunnel,
  type RequestHead,
  type ResponseHead,
} from "#proxy/exchange/heads.ts";
import type { Dial, DialEvents, DialFailure, Dialing } from "#proxy/transport/byte-stream.ts";
import { tunnelStream } from "#proxy/tunnel/tunnel-stream.ts";

// `proxies`: connections to the proxy of whoever is dialled. `headers`: what it is told of us.
export function hboneDial(proxies: ConnectionPool, headers: Headers, deadlines: Deadlines): Dial {
  return ({ address, port }, timeoutMs, events) => {
    const host = address.includes(":") ? `[${address}]` : address;
    const dialing = new HboneDialing(proxies, connectHead(`${host}:${port}`, headers), events);
    dialing.start(deadlines, timeoutMs);
    return dialing;
  };
}

function connectHead(authority: string, headers: Headers): RequestHead {
  const head = { method: "CONNECT", scheme: "https", authority, path: "" } as const;
  return { ...head, headers, contentLength: LENGTH_UNKNOWN };
}

class HboneDialing implements Dialing, Waiter, ExchangeEvents {
  readonly #proxies: ConnectionPool;
  readonly #head: RequestHead;
  readonly #events: DialEvents;
  #upstream: UpstreamStream | undefined;
  // Of the open tunnel.
  #inner: RequestEvents | undefined;
  #isSettled = false;
  #stopTimer = (): void => {};

  constructor(proxies: ConnectionPool, head: RequestHead, events: DialEvents) {
    this.#proxies = proxies;
    this.#head = head;
    this.#events = events;
  }

  start(deadlines: Deadlines, timeoutMs: number): void {
    const timeout = new Deadline(() => this.#giveUp("timeout", `no answer in ${timeoutMs} ms`));
    deadlines.set(timeout, timeoutMs);
    this.#stopTimer = () => deadlines.clear(timeout);
    const connection = this.#proxies.take();
    if (connection) return this.slotReady(connection);
    if (this.#proxies.wait(this)) return;
    // Later, as everything that a dial tells.
    const refusal = new Deadline(() => this.#giveUp("refused", "too many wait for its proxy"));
    deadlines.clear(timeout);
    deadlines.set(refusal, 0);
    this.#stopTimer = () => deadlines.clear(refusal);
  }

  cancel(): void {
    if (this.#settle()) this.#leave();
  }

  // ---- from the pool ----------------------------------------------------------------------------

  slotReady(connection: UpstreamConnection): void {
    this.#upstream = connection.open(this.#head, this);
  }

  slotFailed({ code, detail }: Failure): void {
    const kinds = { "upstream-timeout": "timeout", "upstream-untrusted": "untrusted" } as const;
    this.#giveUp(kinds[code as keyof typeof kinds] ?? "refused", detail);
  }

  // ---- from the stream --------------------------------------------------------------------------

  inform(): void {}

  head(head: ResponseHead): void {
    if (!opensTunnel(this.#head, head)) {
      return this.#giveUp("refused", `its proxy answers ${head.status}`);
    }
    if (!this.#settle()) return;
    const upstream = this.#upstream!;
    const { stream, events } = tunnelStream(
      {
        write: (chunk) => upstream.write(chunk),
        end: () => upstream.end(),
        reset: () => upstream.cancel(),
        pause: () => upstream.pause(),
        resume: () => upstream.resume(),
      },
      this.#head.authority,
    );
    this.#inner = events;
    this.#events.connected(stream);
  }

  data(chunk: Uint8Array): void {
    this.#inner?.data(chunk);
  }

  end(trailers: Headers): void {
    this.#inner?.end(trailers);
  }

  fail(failure: Failure): void {
    if (this.#inner) return this.#inner.fail(failure);
    this.#upstream = undefined;
    this.#giveUp("refused", failure.detail);
  }

  drained(): void {
    this.#inner?.drained();
  }

  #giveUp(kind: DialFailure["kind"], detail: string): void {
    if (!this.#settle()) return;
    this.#leave();
    this.#events.failed({ kind, detail });
  }

  #leave(): void {
    if (this.#upstream) this.#upstream.cancel();
    else this.#proxies.forget(this);
  }

  #settle(): boolean {
    if (this.#isSettled) return false;
    this.#isSettled = true;
    this.#stopTimer();
    return true;
  }
}
