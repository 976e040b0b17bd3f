// Hot path.
//
// Collects what became writable during the current batch of reads and flushes it once, after that
// batch: one system call or TLS record for each connection a tick, however many exchanges it
// carries.

export type Flushable = { flush(): void };

export class TickFlusher {
  readonly #schedule: (run: () => void) => void;
  readonly #run: () => void;
  #waiting: Flushable[] = [];
  #spare: Flushable[] = [];

  // `schedule` runs a function once, at the end of the tick: setImmediate, or a simulator's own.
  constructor(schedule: (run: () => void) => void) {
    this.#schedule = schedule;
    this.#run = () => this.#flushAll();
  }

  // The caller sees to it that it stands in the list only once.
  add(flushable: Flushable): void {
    if (this.#waiting.push(flushable) === 1) this.#schedule(this.#run);
  }

  #flushAll(): void {
    const flushing = this.#waiting;
    this.#waiting = this.#spare;
    this.#spare = flushing;
    for (let i = 0; i < flushing.length; i++) flushing[i]!.flush();
    flushing.length = 0;
  }
}
