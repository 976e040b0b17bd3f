// Writes to the API server that make something as it should be: each key once at a time, again
// after a pause where it failed, and few at once.

import type { Clock, Timer } from "#base/clock.ts";
import { LIMITS } from "#base/limits.ts";
import type { Log } from "#base/log.ts";
import type { Random } from "#base/random.ts";

export type KeyedWritesOptions = {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly what: string; // "ConfigMap weft-trust", for people
  // Looks at what is there and writes what should be. Resolves with why it couldn't; undefined: it
  // is right now, or nobody wants it any more.
  write(key: string): Promise<string | undefined>;
};

export class KeyedWrites {
  readonly #options: KeyedWritesOptions;
  readonly #waiting = new Set<string>();
  readonly #busy = new Set<string>();
  readonly #paused = new Map<string, Timer>();
  #isStopped = false;

  constructor(options: KeyedWritesOptions) {
    this.#options = options;
  }

  // Something about it may have changed.
  add(key: string): void {
    // One that failed waits out its pause: it looks anew then.
    if (this.#isStopped || this.#paused.has(key)) return;
    this.#waiting.add(key);
    this.#fill();
  }

  stop(): void {
    this.#isStopped = true;
    this.#waiting.clear();
    for (const timer of this.#paused.values()) timer.cancel();
  }

  #fill(): void {
    for (const key of this.#waiting) {
      if (this.#busy.size >= LIMITS.apiWritesMax) return;
      if (this.#busy.has(key)) continue;
      this.#waiting.delete(key);
      this.#busy.add(key);
      void this.#write(key, LIMITS.apiPauseFirstMs);
    }
  }

  async #write(key: string, pauseMs: number): Promise<void> {
    const failure = await this.#options.write(key);
    this.#busy.delete(key);
    if (this.#isStopped) return;
    if (failure !== undefined) this.#pause(key, pauseMs, failure);
    this.#fill();
  }

  #pause(key: string, pauseMs: number, reason: string): void {
    const { clock, random, log, what } = this.#options;
    // Added while it was being written: it looks anew after the pause, not before.
    this.#waiting.delete(key);
    log.warn(`Cannot write ${what}; trying again`, { key, reason });
    const nextMs = Math.min(pauseMs * 2, LIMITS.apiPauseMostMs);
    const timer = clock.after(pauseMs * (0.5 + random()), () => {
      this.#paused.delete(key);
      this.#busy.add(key);
      void this.#write(key, nextMs);
    });
    this.#paused.set(key, timer);
  }
}
