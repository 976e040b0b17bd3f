// Releases the arrivals of an open loop when they are due, whatever happens to earlier ones.
//
// The schedule is computed, never shifted: the k-th arrival of a uniform schedule is due at
// start + k / rate, so that a late wake-up makes nothing else late.

import type { Clock, Timer } from "#base/clock.ts";
import type { Random } from "#base/random.ts";
import type { Pacing } from "./load-options.ts";

export type PacerOptions = {
  readonly ratePerSecond: number;
  readonly arrivals: "uniform" | "poisson";
  readonly pacing: Pacing;
};

// `dueMs` is what the schedule says.
export type Release = (dueMs: number, nowMs: number) => void;

// A timer of Node's wakes up to this much late; the rest of the wait is spun.
const TIMER_GRAIN_MS = 1.5;

export class Pacer {
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #options: PacerOptions;
  readonly #release: Release;
  #isRunning = false;
  #startMs = 0;
  #number = 0;
  #dueMs = 0;
  #timer: Timer | undefined;
  #immediate: NodeJS.Immediate | undefined;
  #spunMs = 0;
  #spinSinceMs = 0;
  #activity = 0;
  #seenActivity = 0;

  constructor(clock: Clock, random: Random, options: PacerOptions, release: Release) {
    this.#clock = clock;
    this.#random = random;
    this.#options = options;
    this.#release = release;
  }

  // Time spent looking at the clock while there was nothing else to do.
  get spunMs(): number {
    return this.#spunMs;
  }

  // `startMs` may have passed: what has been due since is released at the next wake-up.
  start(startMs: number): void {
    this.#isRunning = true;
    this.#startMs = startMs;
    this.#dueMs = startMs;
    this.#advance();
    this.#arm(this.#clock.nowMs());
  }

  stop(): void {
    this.#isRunning = false;
    this.#timer?.cancel();
    clearImmediate(this.#immediate);
  }

  // What is due by now, without waiting for the next wake-up.
  releaseDue(nowMs: number): void {
    while (this.#isRunning && this.#dueMs <= nowMs) {
      const dueMs = this.#dueMs;
      this.#advance();
      this.#release(dueMs, nowMs);
    }
  }

  // Something else was done: the time since the last look was not spent spinning.
  noteActivity(): void {
    this.#activity++;
  }

  #wake(): void {
    const nowMs = this.#clock.nowMs();
    if (this.#spinSinceMs > 0 && this.#activity === this.#seenActivity) {
      this.#spunMs += nowMs - this.#spinSinceMs;
    }
    this.releaseDue(nowMs);
    if (this.#isRunning) this.#arm(this.#clock.nowMs());
  }

  #arm(nowMs: number): void {
    const waitMs = this.#dueMs - nowMs;
    const { pacing } = this.#options;
    this.#seenActivity = this.#activity;
    this.#spinSinceMs = 0;
    if (pacing === "timer") {
      this.#timer = this.#clock.after(Math.max(1, waitMs), () => this.#wake());
    } else if (waitMs > TIMER_GRAIN_MS + 1) {
      this.#timer = this.#clock.after(waitMs - TIMER_GRAIN_MS, () => this.#wake());
    } else {
      this.#spinSinceMs = nowMs;
      this.#immediate = setImmediate(() => this.#wake());
    }
  }

  #advance(): void {
    const { ratePerSecond, arrivals } = this.#options;
    this.#number++;
    if (arrivals === "uniform") this.#dueMs = this.#startMs + (this.#number * 1000) / ratePerSecond;
    else this.#dueMs -= (Math.log(1 - this.#random()) * 1000) / ratePerSecond;
  }
}
