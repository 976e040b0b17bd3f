// Hot path.
//
// A text that is mostly the same from line to line (a method, a user agent): kept with what stands
// before it, as bytes, from the second line on that has it. The last one keeps the head that it may
// be a part of, and no other.

import type { Encoder } from "./access-value.ts";

// What is longer is seldom the same.
const KEPT_MAX = 256;

export class Habit {
  readonly #before: string;
  readonly #encode: Encoder;
  #last = "";
  #bytes: Uint8Array | undefined;

  constructor(before: string, encode: Encoder) {
    this.#before = before;
    this.#encode = encode;
  }

  // With what stands before it; undefined: it is another one.
  of(value: string): Uint8Array | undefined {
    if (value === this.#last) {
      this.#bytes ??= Buffer.from(this.#before + this.#encode.text(value));
      return this.#bytes;
    }
    if (value.length <= KEPT_MAX) {
      this.#last = value;
      this.#bytes = undefined;
    }
    return undefined;
  }
}
