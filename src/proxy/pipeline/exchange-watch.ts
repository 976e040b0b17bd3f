// Hot path.
//
// Tells every open exchange each second that a second has passed: what is slow or silent costs its
// limit and then time, and somebody has to count that.
//
// They stand in one list. To note that something moved is to write one field of the exchange, and
// beginning and ending are a few more: 50 ns in all. A deadline in the wheel for each would cost
// 275, for an accuracy that minutes don't need (exchange-watch.bench.ts).

import { Deadline, type Deadlines } from "#base/deadlines.ts";

export const WATCH_TICK_MS = 1_000;
// Of the newest; asked for traced requests only.
const LOOKED_AT_MAX = 64;

export abstract class Watched {
  // The watch's.
  nextWatched: Watched | undefined = undefined;
  previousWatched: Watched | undefined = undefined;

  // The application is at work on it, for somebody else.
  get isServing(): boolean {
    return false;
  }

  // May end this exchange, or any other.
  abstract tick(): void;
}

export class ExchangeWatch {
  readonly #deadlines: Deadlines;
  readonly #second: Deadline;
  #first: Watched | undefined;
  // Whom a walk that is under way tells next.
  #next: Watched | undefined;

  constructor(deadlines: Deadlines) {
    this.#deadlines = deadlines;
    this.#second = new Deadline(() => this.#walk());
  }

  // Until `remove`. While nobody is watched, no timer runs.
  add(watched: Watched): void {
    const first = this.#first;
    watched.nextWatched = first;
    if (first) first.previousWatched = watched;
    this.#first = watched;
    if (!this.#second.isSet) this.#deadlines.set(this.#second, WATCH_TICK_MS);
  }

  remove(watched: Watched): void {
    const { nextWatched: next, previousWatched: previous } = watched;
    if (this.#next === watched) this.#next = next;
    if (previous) previous.nextWatched = next;
    else this.#first = next;
    if (next) next.previousWatched = previous;
    watched.nextWatched = undefined;
    watched.previousWatched = undefined;
  }

  // Among those that began last.
  get isServing(): boolean {
    let at = this.#first;
    for (let i = 0; at && i < LOOKED_AT_MAX; i++) {
      if (at.isServing) return true;
      at = at.nextWatched;
    }
    return false;
  }

  #walk(): void {
    for (let at = this.#first; at; at = this.#next) {
      this.#next = at.nextWatched;
      at.tick();
    }
    if (this.#first) this.#deadlines.set(this.#second, WATCH_TICK_MS);
  }
}
