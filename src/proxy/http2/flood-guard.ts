// Hot path.
//
// Frames that cost us more than they cost the peer are paid for from buckets, which fill by time
// and by useful work. An empty bucket ends the connection with ENHANCE_YOUR_CALM.
//
// Resets are earned back by exchanges that ran to their end: a mesh peer that carries a thousand
// requests a second may well cancel fifty of them, and losing its connection would cost it all.

import type { Clock } from "#base/clock.ts";
import type { Limits } from "#base/limits.ts";

export class FloodGuard {
  readonly #limits: Limits;
  readonly #resets: Bucket;
  readonly #control: Bucket;
  #emptyInARow = 0;

  constructor(clock: Clock, limits: Limits) {
    this.#limits = limits;
    this.#resets = new Bucket(clock, limits.resetsBurst, limits.resetsPerSecond);
    this.#control = new Bucket(clock, limits.controlFramesBurst, limits.controlFramesPerSecond);
  }

  // A stream ended early: reset by the peer (CVE-2023-44487), or by us because of what the peer
  // sent (CVE-2025-8671). Each `note` answers whether the peer may go on.
  noteReset(): boolean {
    return this.#resets.take();
  }

  noteServed(): void {
    this.#resets.add(1);
  }

  // SETTINGS, PING, PRIORITY, WINDOW_UPDATE, frames of closed streams and of unknown types.
  noteControl(): boolean {
    return this.#control.take();
  }

  // We sent DATA: the peer has reason to update its windows.
  noteDataSent(): void {
    this.#control.add(this.#limits.controlFramesPerData);
  }

  // DATA, HEADERS or CONTINUATION with nothing in it that doesn't end anything either.
  noteEmpty(): boolean {
    this.#emptyInARow++;
    return this.#emptyInARow <= this.#limits.emptyFramesInARowMax;
  }

  noteFull(): void {
    this.#emptyInARow = 0;
  }
}

class Bucket {
  readonly #clock: Clock;
  readonly #most: number;
  readonly #perMs: number;
  #left: number;
  #filledAtMs: number;

  constructor(clock: Clock, most: number, perSecond: number) {
    this.#clock = clock;
    this.#most = most;
    this.#perMs = perSecond / 1000;
    this.#left = most;
    this.#filledAtMs = clock.nowMs();
  }

  add(some: number): void {
    this.#left = Math.min(this.#most, this.#left + some);
  }

  // Looks at the clock only when it has to.
  take(): boolean {
    if (this.#left < 1) {
      const nowMs = this.#clock.nowMs();
      this.add((nowMs - this.#filledAtMs) * this.#perMs);
      this.#filledAtMs = nowMs;
      if (this.#left < 1) return false;
    }
    this.#left--;
    return true;
  }
}
