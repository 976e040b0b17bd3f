// Hot path.
//
// RFC 7541 §2.3.2 and §4: first in, first out, bounded by bytes. A ring, so nothing moves.
//
//   ring   [ . . 7 8 9 10 . . ]     #inserted = 11, #count = 4
//                ^      ^
//             oldest  newest = index 0

import assert from "node:assert/strict";
import { LIMITS } from "#base/limits.ts";

// An entry counts 32 bytes at least, so this many always suffice.
const SLOTS = LIMITS.hpackTableBytes / 32;
assert.ok(Number.isInteger(Math.log2(SLOTS)), "slots are found by a mask");

export class DynamicTable<Entry extends { readonly bytes: number }> {
  readonly #ring: (Entry | undefined)[] = [];
  readonly #evicted: (entry: Entry) => void;
  #inserted = 0;
  #count = 0;
  #bytes = 0;
  #bytesMax: number = LIMITS.hpackTableBytes;

  constructor(evicted: (entry: Entry) => void) {
    this.#evicted = evicted;
  }

  get bytes(): number {
    return this.#bytes;
  }

  get bytesMax(): number {
    return this.#bytesMax;
  }

  get count(): number {
    return this.#count;
  }

  // Entries ever inserted; the newest is number `inserted - 1`.
  get inserted(): number {
    return this.#inserted;
  }

  // 0 is the newest.
  at(index: number): Entry | undefined {
    if (index >= this.#count) return undefined;
    return this.#ring[(this.#inserted - 1 - index) & (SLOTS - 1)];
  }

  // An entry that is larger than the table empties it and is not kept: RFC 7541 §4.4.
  add(entry: Entry): boolean {
    this.#evictDownTo(this.#bytesMax - entry.bytes);
    if (entry.bytes > this.#bytesMax) return false;
    this.#ring[this.#inserted & (SLOTS - 1)] = entry;
    this.#inserted++;
    this.#count++;
    this.#bytes += entry.bytes;
    return true;
  }

  resize(bytesMax: number): void {
    assert.ok(bytesMax <= LIMITS.hpackTableBytes);
    this.#bytesMax = bytesMax;
    this.#evictDownTo(bytesMax);
  }

  #evictDownTo(bytes: number): void {
    while (this.#bytes > bytes && this.#count > 0) {
      const slot = (this.#inserted - this.#count) & (SLOTS - 1);
      const oldest = this.#ring[slot]!;
      this.#ring[slot] = undefined;
      this.#count--;
      this.#bytes -= oldest.bytes;
      this.#evicted(oldest);
    }
  }
}
