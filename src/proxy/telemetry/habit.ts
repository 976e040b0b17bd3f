// Hot path.
//
// A text that is mostly the same from line to line (a method, a user agent): kept with what stands
// before it, as bytes, from the second line on that has it. The last one keeps the head that it may
// be a part of, and no other.

import type { Encoder } from "./access-value.ts";
import type { LineBlocks } from "./line-blocks.ts";

// What is longer is seldom the same.
const KEPT_MAX = 256;

export class Habit {
  readonly #before: string;
  readonly #start: Uint8Array;
  readonly #encode: Encoder;
  #last = "";
  #bytes: Uint8Array | undefined;

  constructor(before: string, encode: Encoder) {
    this.#before = before;
    this.#start = Buffer.from(before);
    this.#encode = encode;
  }

  put(lines: LineBlocks, value: string): void {
    if (value === this.#last) {
      this.#bytes ??= Buffer.from(this.#before + this.#encode.text(value));
      return lines.constant(this.#bytes);
    }
    if (value.length <= KEPT_MAX) {
      this.#last = value;
      this.#bytes = undefined;
    }
    lines.constant(this.#start);
    lines.text(value);
  }
}
