// Hot path.
//
// Moments as ISO 8601 has them, to the millisecond. Those that follow each other share their
// second, whose text is kept.

const SECOND_MS = 1000;
const ZERO = 0x30;

export class WallTimes {
  readonly #before: string;
  readonly #after: string;
  #second = Number.NaN;
  #bytes: Buffer = Buffer.alloc(0);
  // Where the last digit stands.
  #lastAt = 0;

  // What stands before each of them, and after.
  constructor(before: string, after: string) {
    this.#before = before;
    this.#after = after;
  }

  // Milliseconds since 1970, in UTC and without the zone. The bytes hold until the next.
  of(atMs: number): Uint8Array {
    const second = Math.floor(atMs / SECOND_MS);
    if (second !== this.#second) this.#keep(second);
    const ms = Math.floor(atMs) - second * SECOND_MS;
    const tens = Math.floor(ms / 10);
    const hundreds = Math.floor(tens / 10);
    const bytes = this.#bytes;
    const at = this.#lastAt;
    bytes[at - 2] = ZERO + hundreds;
    bytes[at - 1] = ZERO + tens - hundreds * 10;
    bytes[at] = ZERO + ms - tens * 10;
    return bytes;
  }

  #keep(second: number): void {
    const text = this.#before + new Date(second * SECOND_MS).toISOString().slice(0, -1);
    this.#second = second;
    this.#lastAt = text.length - 1;
    this.#bytes = Buffer.from(text + this.#after);
  }
}
