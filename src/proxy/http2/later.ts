// Hot path.
//
// Events never arrive from inside the call that caused them: what a call finds out waits here for
// the end of the tick.

import type { TickFlusher } from "#proxy/transport/tick-flusher.ts";

export class Later {
  readonly #flusher: TickFlusher;
  #waiting: (() => void)[] = [];

  constructor(flusher: TickFlusher) {
    this.#flusher = flusher;
  }

  add(run: () => void): void {
    if (this.#waiting.push(run) === 1) this.#flusher.add(this);
  }

  flush(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (let i = 0; i < waiting.length; i++) waiting[i]!();
  }
}
