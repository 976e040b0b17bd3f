// Hot path.
//
// Moments as ISO 8601 has them, to the millisecond. Those that follow each other share their
// second, whose text is kept.

import type { LineBlocks } from "./line-blocks.ts";

export class WallTimes {
  readonly #before: string;
  #second = -1;
  #start: Uint8Array = Buffer.alloc(0);

  // What stands before each of them.
  constructor(before: string) {
    this.#before = before;
  }

  // Milliseconds since 1970; without the zone.
  put(lines: LineBlocks, atMs: number): void {
    const ms = Math.floor(atMs);
    const second = Math.floor(ms / 1000);
    if (second !== this.#second) {
      this.#second = second;
      const text = new Date(second * 1000).toISOString().slice(0, 20);
      this.#start = Buffer.from(this.#before + text);
    }
    const rest = ms - second * 1000;
    lines.constant(this.#start);
    if (rest < 100) lines.digits(0);
    if (rest < 10) lines.digits(0);
    lines.digits(rest);
  }
}
