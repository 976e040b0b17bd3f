// Hot path.
//
// Collects what became writable during the current batch of reads and flushes it once, after that
// batch: one system call or TLS record for each connection a tick, however many exchanges it
// carries.

export type Flushable = { flush(): void };

export class TickFlusher {
  readonly #schedule: (run: () => void) => void;
  readonly #run: () => void;
  // Filled from the front and never made shorter: to set the length of an array is a call out of
  // the engine's own code, and what grows again from nothing is garbage each tick.
  #waiting: (Flushable | undefined)[] = [];
  #spare: (Flushable | undefined)[] = [];
  #count = 0;

  // `schedule` runs a function once, at the end of the tick: setImmediate, or a simulator's own.
  constructor(schedule: (run: () => void) => void) {
    this.#schedule = schedule;
    this.#run = () => this.#flushAll();
  }

  // The caller sees to it that it stands in the list only once.
  add(flushable: Flushable): void {
    this.#waiting[this.#count++] = flushable;
    if (this.#count === 1) this.#schedule(this.#run);
  }

  #flushAll(): void {
    const flushing = this.#waiting;
    const count = this.#count;
    this.#waiting = this.#spare;
    this.#spare = flushing;
    this.#count = 0;
    for (let i = 0; i < count; i++) {
      const flushable = flushing[i]!;
      flushing[i] = undefined;
      flushable.flush();
    }
  }
}
