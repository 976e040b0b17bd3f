// Dials several targets, one after the other, until one answers or the time that all have is over.

import type { Clock } from "#base/clock.ts";
import type { Dial, DialEvents, Dialing, Target } from "./byte-stream.ts";

export type FirstOfEvents = Omit<DialEvents, "connected"> & {
  connected(stream: Parameters<DialEvents["connected"]>[0], target: Target): void;
};

// `targets` isn't empty.
export class FirstOf implements Dialing {
  readonly #dial: Dial;
  readonly #clock: Clock;
  readonly #targets: readonly Target[];
  readonly #endMs: number;
  readonly #told: FirstOfEvents;
  #current: Dialing;

  constructor(
    dial: Dial,
    clock: Clock,
    targets: readonly Target[],
    timeoutMs: number,
    told: FirstOfEvents,
  ) {
    this.#dial = dial;
    this.#clock = clock;
    this.#targets = targets;
    this.#endMs = clock.nowMs() + timeoutMs;
    this.#told = told;
    this.#current = this.#try(0);
  }

  cancel(): void {
    this.#current.cancel();
  }

  #try(at: number): Dialing {
    const target = this.#targets[at]!;
    const leftMs = Math.max(1, this.#endMs - this.#clock.nowMs());
    return this.#dial(target, leftMs, {
      connected: (stream) => this.#told.connected(stream, target),
      failed: (failure) => {
        const isLast = at + 1 === this.#targets.length || this.#clock.nowMs() >= this.#endMs;
        if (isLast) this.#told.failed(failure);
        else this.#current = this.#try(at + 1);
      },
    });
  }
}
