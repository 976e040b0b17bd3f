// Hot path.
//
// Texts of random hexadecimal digits in some form. They are made many at once, and each is cut from
// one string: a text that is put together from pieces has to be put together again by each who
// reads it. One that is kept keeps its neighbours too, which are few.

import type { Random } from "./random.ts";

const MADE_AT_ONCE = 32;
const DIGIT = "x".charCodeAt(0);
const HEX = Buffer.from("0123456789abcdef");
const WORD_DIGITS = 8;
const WORD_MAX = 0xffff_ffff;

export class RandomTexts {
  readonly #random: Random;
  readonly #length: number;
  // Where digits stand.
  readonly #places: readonly number[];
  readonly #bytes: Buffer;
  #texts = "";
  #at = 0;

  // `form`: an x for each digit, ASCII. Sixteen of them that follow each other are never all 0.
  constructor(form: string, random: Random) {
    this.#random = random;
    this.#length = form.length;
    this.#bytes = Buffer.from(form.repeat(MADE_AT_ONCE), "latin1");
    this.#places = placesOf(this.#bytes);
  }

  take(): string {
    if (this.#at === this.#texts.length) this.#make();
    const from = this.#at;
    this.#at = from + this.#length;
    return this.#texts.slice(from, this.#at);
  }

  #make(): void {
    const places = this.#places;
    const bytes = this.#bytes;
    for (let i = 0; i < places.length; i += WORD_DIGITS) {
      let word = (Math.floor(this.#random() * WORD_MAX) + 1) | 0;
      for (let digit = i; digit < i + WORD_DIGITS; digit++) {
        bytes[places[digit]!] = HEX[word & 15]!;
        word >>= 4;
      }
    }
    this.#texts = bytes.toString("latin1");
    this.#at = 0;
  }
}

function placesOf(bytes: Buffer): readonly number[] {
  return Array.from(bytes.keys()).filter((at) => bytes[at] === DIGIT);
}
