// Connections to an application of which nobody declares what it speaks, for requests that came
// over HTTP/2: HTTP/2 where it answers that, else HTTP/1. It answers before any request is sent, so
// none is lost. That it speaks HTTP/1 is kept for a while, so that it isn't asked each time.

import type { Clock } from "#base/clock.ts";
import { Deadline, type Deadlines } from "#base/deadlines.ts";
import { LIMITS } from "#base/limits.ts";
import type { Connect, Settled } from "#proxy/exchange/connection-pool.ts";
import type { ConnectionOwner, UpstreamConnection } from "#proxy/exchange/exchange.ts";

// A connection over HTTP/2, as soon as it is open: whether it has been answered, it tells.
export type AskedConnection = UpstreamConnection & { readonly isAnswered: boolean };

export type Http2FirstOptions = {
  readonly clock: Clock;
  readonly deadlines: Deadlines;
  readonly patienceMs: () => number;
  readonly connectHttp2: Connect;
  readonly connectHttp1: Connect;
};

export function http2First(options: Http2FirstOptions): Connect {
  const { clock, connectHttp1 } = options;
  let isHttp1UntilMs = Number.NEGATIVE_INFINITY;
  return (owner, settled) => {
    if (clock.nowMs() < isHttp1UntilMs) return connectHttp1(owner, settled);
    return new Attempt(options, owner, settled, () => {
      isHttp1UntilMs = clock.nowMs() + LIMITS.lessonLifeMs;
    });
  };
}

class Attempt implements ConnectionOwner {
  readonly #options: Http2FirstOptions;
  readonly #owner: ConnectionOwner;
  readonly #settled: Settled;
  readonly #isHttp1: () => void;
  readonly #patience = new Deadline(() => this.#connection!.destroy());
  #connecting: { cancel(): void };
  #connection: AskedConnection | undefined;
  #state: "asking" | "answered" | "over" = "asking";

  constructor(
    options: Http2FirstOptions,
    owner: ConnectionOwner,
    settled: Settled,
    isHttp1: () => void,
  ) {
    this.#options = options;
    this.#owner = owner;
    this.#settled = settled;
    this.#isHttp1 = isHttp1;
    this.#connecting = options.connectHttp2(this, {
      connected: (connection) => this.#ask(connection as AskedConnection),
      failed: (failure) => settled.failed(failure),
    });
  }

  // ---- by the pool ------------------------------------------------------------------------------

  cancel(): void {
    this.#state = "over";
    this.#options.deadlines.clear(this.#patience);
    this.#connecting.cancel();
    this.#connection?.destroy();
  }

  // ---- from the connection ----------------------------------------------------------------------

  slotsChanged(): void {
    if (this.#state === "answered") return this.#owner.slotsChanged();
    if (this.#state === "over" || !this.#connection?.isAnswered) return;
    this.#options.deadlines.clear(this.#patience);
    this.#state = "answered";
    this.#settled.connected(this.#connection);
  }

  draining(): void {
    if (this.#state === "answered") this.#owner.draining();
  }

  closed(): void {
    if (this.#state === "answered") return this.#owner.closed();
    if (this.#state === "over") return;
    this.#options.deadlines.clear(this.#patience);
    this.#state = "over";
    this.#connecting = this.#options.connectHttp1(this.#owner, {
      connected: (connection) => {
        this.#isHttp1();
        this.#settled.connected(connection);
      },
      failed: (failure) => this.#settled.failed(failure),
    });
  }

  #ask(connection: AskedConnection): void {
    this.#connection = connection;
    if (this.#state === "over") return connection.destroy();
    this.#options.deadlines.set(this.#patience, this.#options.patienceMs());
  }
}
