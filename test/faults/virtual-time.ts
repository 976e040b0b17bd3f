// A clock and an event loop in one: time passes only when nothing else is left to do, so hours of
// timeouts take a moment and every run is the same.

import type { Clock, Timer } from "#base/clock.ts";

type Pending = { readonly atMs: number; readonly run: () => void };

export class VirtualTime implements Clock {
  readonly #wallStartMs: number;
  #nowMs = 0;
  #turns: (() => void)[] = [];
  readonly #timers = new Set<Pending>();
  // Runs a function once, later: what setImmediate is to a process.
  readonly schedule = (run: () => void): void => void this.#turns.push(run);

  constructor(wallStartMs: number) {
    this.#wallStartMs = wallStartMs;
  }

  nowMs(): number {
    return this.#nowMs;
  }

  wallMs(): number {
    return this.#wallStartMs + this.#nowMs;
  }

  after(delayMs: number, run: () => void): Timer {
    const pending = { atMs: this.#nowMs + delayMs, run };
    this.#timers.add(pending);
    return { cancel: () => void this.#timers.delete(pending) };
  }

  get timersPending(): number {
    return this.#timers.size;
  }

  // As if the process had been asleep: what falls due meanwhile runs afterwards, in its order.
  leap(ms: number): void {
    this.#nowMs += ms;
  }

  get hasTurns(): boolean {
    return this.#turns.length > 0;
  }

  // All that happens without time passing.
  runTurns(): void {
    for (let i = 0; i < this.#turns.length; i++) this.#turns[i]!();
    this.#turns = [];
  }

  // Waits for the next timer and runs it. False where none is due by then.
  step(untilMs: number): boolean {
    let first: Pending | undefined;
    for (const pending of this.#timers) {
      if (!first || pending.atMs < first.atMs) first = pending;
    }
    if (!first || first.atMs > untilMs) return false;
    this.#timers.delete(first);
    this.#nowMs = Math.max(this.#nowMs, first.atMs);
    first.run();
    return true;
  }
}
