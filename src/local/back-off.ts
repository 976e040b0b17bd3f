// How long to wait before a process is started again: not at all the first time, because most
// deaths are singular, then ever longer, because the others are not. A time of health forgives.

import type { Clock } from "#base/clock.ts";
import { LIMITS } from "#base/limits.ts";
import type { Random } from "#base/random.ts";

export class BackOff {
  readonly #clock: Clock;
  readonly #random: Random;
  #failures = 0;
  #startedAtMs = 0;

  constructor(clock: Clock, random: Random) {
    this.#clock = clock;
    this.#random = random;
  }

  // Ends in a row, each too soon after its start.
  get failures(): number {
    return this.#failures;
  }

  noteStart(): void {
    this.#startedAtMs = this.#clock.nowMs();
  }

  // The process has ended: how long to wait before the next start.
  nextDelayMs(): number {
    const livedMs = this.#clock.nowMs() - this.#startedAtMs;
    if (livedMs >= LIMITS.healthyAfterMs) this.#failures = 0;
    this.#failures++;
    if (this.#failures === 1) return 0;
    const steps = Math.min(this.#failures - 2, 30);
    const fullMs = Math.min(LIMITS.restartMostMs, LIMITS.restartFirstMs * 2 ** steps);
    // Half of it is jitter: processes that fell together must not come back together.
    return fullMs * (0.5 + this.#random() / 2);
  }
}
