// What fuzzers throw: everything that they make follows from one seed, so a failure can be had
// again.

import { type Random, seededRandom } from "./random.ts";

export class Dice {
  readonly random: Random;

  constructor(seed: number) {
    this.random = seededRandom(seed);
  }

  // 0 to `count` - 1.
  below(count: number): number {
    return Math.floor(this.random() * count);
  }

  chance(probability: number): boolean {
    return this.random() < probability;
  }

  oneOf<Value>(values: readonly Value[]): Value {
    return values[this.below(values.length)]!;
  }

  // As many as `most`, and none as often as any other number.
  some<Value>(most: number, make: () => Value): Value[] {
    return Array.from({ length: this.below(most + 1) }, make);
  }

  bytes(most: number): Buffer {
    return Buffer.from(this.some(most, () => this.below(256)));
  }

  // A few places changed, left out, doubled, or with one of `words` put in.
  spoil(bytes: Buffer, words: readonly string[]): Buffer {
    let spoiled = bytes;
    for (let left = this.below(4); left > 0; left--) {
      const at = this.below(spoiled.length + 1);
      const until = Math.min(spoiled.length, at + this.below(8));
      const [before, middle, after] = [
        spoiled.subarray(0, at),
        spoiled.subarray(at, until),
        spoiled.subarray(until),
      ];
      const word = Buffer.from(this.oneOf(words), "latin1");
      const piece = this.oneOf([
        Buffer.concat([middle, middle]),
        this.bytes(3),
        Buffer.concat([middle, word]),
        word,
      ]);
      spoiled = Buffer.concat([before, piece, after]);
    }
    return spoiled;
  }

  cut(bytes: Buffer): Buffer[] {
    const places = this.some(12, () => this.below(bytes.length + 1));
    const ends = [...places, bytes.length].sort((a, b) => a - b);
    return ends.map((end, i) => bytes.subarray(ends[i - 1] ?? 0, end));
  }
}
