// Hot path.
//
// Random hexadecimal digits, made many at once: an id is cut from them. It keeps the others alive,
// which are few.

import type { Random } from "#base/random.ts";

const BYTES = 512;
const WORD_BYTES = 4;
const WORD_MAX = 0xffff_ffff;

export class RandomDigits {
  readonly #random: Random;
  readonly #bytes = Buffer.alloc(BYTES);
  #digits = "";
  #at = 0;

  constructor(random: Random) {
    this.#random = random;
  }

  // Never all of them 0, where there are eight or more: a multiple of eight.
  take(count: number): string {
    if (this.#at + count > this.#digits.length) this.#make();
    const from = this.#at;
    this.#at = from + count;
    return this.#digits.slice(from, this.#at);
  }

  #make(): void {
    for (let at = 0; at < BYTES; at += WORD_BYTES) {
      this.#bytes.writeUInt32BE(Math.floor(this.#random() * WORD_MAX) + 1, at);
    }
    this.#digits = this.#bytes.toString("hex");
    this.#at = 0;
  }
}
