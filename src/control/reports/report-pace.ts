// How often proxies report: each second where they are few, or while somebody looks at what they
// report; else seldom: a thousand proxies would tell of each second though nobody asks.

import type { Clock, Timer } from "#base/clock.ts";
import { LIMITS } from "#base/limits.ts";
import type { Pace } from "#snapshot/messages.ts";

export type PacedProxy = { pace(message: Pace): void };

export class ReportPace {
  readonly #clock: Clock;
  readonly #proxies = new Set<PacedProxy>();
  #isSeldom = false;
  #lookedAtMs = Number.NEGATIVE_INFINITY;
  // Until nobody has looked for a while.
  #slowing: Timer | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get isSeldom(): boolean {
    return this.#isSeldom;
  }

  greet(proxy: PacedProxy): void {
    this.#proxies.add(proxy);
    if (this.#isSeldom) proxy.pace(this.#message());
    else this.#slowLater();
  }

  leave(proxy: PacedProxy): void {
    this.#proxies.delete(proxy);
    if (!this.#isMany()) this.#set(false);
  }

  // Somebody looks at what is reported; whoever goes on looking says so again.
  looked(): void {
    this.#lookedAtMs = this.#clock.nowMs();
    this.#set(false);
    this.#slowLater();
  }

  close(): void {
    this.#slowing?.cancel();
  }

  // As many as come and go around the limit, the pace changes once in a while.
  #slowLater(): void {
    if (!this.#isMany()) return;
    this.#slowing ??= this.#clock.after(LIMITS.reportWatchedMs, () => {
      this.#slowing = undefined;
      if (this.#clock.nowMs() - this.#lookedAtMs < LIMITS.reportWatchedMs) this.#slowLater();
      else this.#set(this.#isMany());
    });
  }

  #isMany(): boolean {
    return this.#proxies.size > LIMITS.reportSeldomAboveProxies;
  }

  #set(isSeldom: boolean): void {
    if (isSeldom === this.#isSeldom) return;
    this.#isSeldom = isSeldom;
    const message = this.#message();
    for (const proxy of this.#proxies) proxy.pace(message);
  }

  #message(): Pace {
    const { reportSeldomMs, reportEveryMs } = LIMITS;
    return { type: "pace", reportEveryMs: this.#isSeldom ? reportSeldomMs : reportEveryMs };
  }
}
