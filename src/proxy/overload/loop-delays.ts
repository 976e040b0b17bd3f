// The event loop's delay as a pressure: what it has been at least, over the last samples. One long
// stall (a collection of garbage, a machine that slept) is over when it is seen.

const SAMPLES = 4;

export class LoopDelays {
  readonly #last: number[] = new Array(SAMPLES).fill(0);
  #next = 0;

  note(delayMs: number): void {
    this.#last[this.#next] = delayMs;
    this.#next = (this.#next + 1) % SAMPLES;
  }

  get lastingMs(): number {
    return Math.min(...this.#last);
  }
}
