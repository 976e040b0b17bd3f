// Asks the application whether it is ready: often until it is, then now and then.

import type { Clock, Timer } from "#base/clock.ts";
import type { ConnectionPool } from "#proxy/exchange/connection-pool.ts";
import type { ExchangeEvents, UpstreamConnection } from "#proxy/exchange/exchange.ts";
import type { Dial, Target } from "#proxy/transport/byte-stream.ts";

export type ProbeTarget =
  | { readonly kind: "none" }
  | ({ readonly kind: "tcp" } & Target)
  | ({ readonly kind: "http"; readonly path: string } & Target);

const UNREADY_EVERY_MS = 100;
const READY_EVERY_MS = 2_000;
const ANSWER_WITHIN_MS = 1_000;

export type ProbeOptions = {
  readonly clock: Clock;
  readonly target: ProbeTarget;
  readonly dial: Dial;
  readonly poolTo: (target: Target) => ConnectionPool;
  readonly changed: (isReady: boolean) => void;
};

export class ReadinessProbe {
  readonly #options: ProbeOptions;
  readonly #pool: ConnectionPool | undefined;
  #isReady = false;
  #timer: Timer | undefined;
  #round = 0;
  #firstAnswer = (): void => {};
  // Resolves with the first answer, whatever it is.
  readonly answered = new Promise<void>((resolve) => {
    this.#firstAnswer = resolve;
  });

  constructor(options: ProbeOptions) {
    const { target } = options;
    this.#options = options;
    if (target.kind === "http") this.#pool = options.poolTo(target);
  }

  get isReady(): boolean {
    return this.#isReady;
  }

  start(): void {
    if (this.#options.target.kind === "none") this.#settle(true);
    else this.#ask();
  }

  stop(): void {
    this.#round++;
    this.#timer?.cancel();
    this.#pool?.close();
  }

  #ask(): void {
    const round = ++this.#round;
    const settled = (isReady: boolean): void => {
      if (round === this.#round) this.#settle(isReady);
    };
    this.#timer = this.#options.clock.after(ANSWER_WITHIN_MS, () => settled(false));
    const { target } = this.#options;
    if (target.kind === "tcp") this.#askTcp(target, settled);
    else if (target.kind === "http") this.#askHttp(target, settled);
  }

  #settle(isReady: boolean): void {
    this.#round++;
    this.#timer?.cancel();
    const hasChanged = isReady !== this.#isReady;
    this.#isReady = isReady;
    this.#firstAnswer();
    if (hasChanged) this.#options.changed(isReady);
    if (this.#options.target.kind === "none") return;
    const delayMs = isReady ? READY_EVERY_MS : UNREADY_EVERY_MS;
    this.#timer = this.#options.clock.after(delayMs, () => this.#ask());
  }

  #askTcp(target: Target, settled: (isReady: boolean) => void): void {
    this.#options.dial(target, ANSWER_WITHIN_MS, {
      connected(stream) {
        stream.destroy();
        settled(true);
      },
      failed: () => settled(false),
    });
  }

  #askHttp(target: Target & { path: string }, settled: (isReady: boolean) => void): void {
    const ask = (connection: UpstreamConnection): void => {
      const authority = `${target.address}:${target.port}`;
      connection
        .open(
          { method: "GET", scheme: "http", authority, path: target.path, ...NO_BODY },
          new ProbeEvents(settled),
        )
        .end();
    };
    const connection = this.#pool!.take();
    if (connection) return ask(connection);
    this.#pool!.wait({ slotReady: ask, slotFailed: () => settled(false) });
  }
}

const NO_BODY = { headers: ["user-agent", "weft-probe"], contentLength: 0 } as const;

class ProbeEvents implements ExchangeEvents {
  readonly #settled: (isReady: boolean) => void;

  constructor(settled: (isReady: boolean) => void) {
    this.#settled = settled;
  }

  inform(): void {}

  head({ status }: { status: number }): void {
    this.#settled(status < 400);
  }

  data(): void {}

  end(): void {}

  fail(): void {
    this.#settled(false);
  }

  drained(): void {}
}
