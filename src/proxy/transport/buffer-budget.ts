// Hot path.
//
// What a process, or one connection, may keep for readers who have stopped reading. When it is
// spent, whoever keeps the most gives up all that it keeps: one slow reader of much goes before
// many of little.
//
// Shares lie in lists by the power of two of their size, so that finding the largest costs the same
// however many there are. It is the largest within a factor of two, and of those the youngest.

import assert from "node:assert/strict";

const RANKS = 32;

// One owner's part.
export class BufferShare {
  // Drops what is kept, and sets the share to 0 before it returns.
  readonly giveUp: () => void;
  bytes = 0;
  rank = 0;
  next: BufferShare | undefined = undefined;
  previous: BufferShare | undefined = undefined;

  constructor(giveUp: () => void) {
    this.giveUp = giveUp;
  }
}

export class BufferBudget {
  #bytesMax: number;
  // By rank; nobody stands in the first.
  readonly #heads: (BufferShare | undefined)[] = new Array(RANKS).fill(undefined);
  #bytes = 0;

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  get bytes(): number {
    return this.#bytes;
  }

  // Who keeps too much now gives it up at once.
  resize(bytesMax: number): void {
    this.#bytesMax = bytesMax;
    this.shrink(bytesMax);
  }

  // `share` keeps this much now. It may be the one that has to give up.
  set(share: BufferShare, bytes: number): void {
    this.#bytes += bytes - share.bytes;
    share.bytes = bytes;
    const rank = RANKS - Math.clz32(bytes);
    if (rank !== share.rank) this.#move(share, rank);
    while (this.#bytes > this.#bytesMax) {
      const largest = this.#largest();
      largest.giveUp();
      assert.equal(largest.bytes, 0, "who gives up keeps nothing");
    }
  }

  // Whoever keeps the most gives it up until no more than this is kept. How many had to.
  shrink(bytes: number): number {
    let count = 0;
    for (; this.#bytes > bytes; count++) this.#largest().giveUp();
    return count;
  }

  #largest(): BufferShare {
    for (let rank = RANKS - 1; rank > 0; rank--) {
      const head = this.#heads[rank];
      if (head) return head;
    }
    assert.fail("a budget is spent by somebody");
  }

  #move(share: BufferShare, rank: number): void {
    if (share.rank > 0) {
      if (share.previous) share.previous.next = share.next;
      else this.#heads[share.rank] = share.next;
      if (share.next) share.next.previous = share.previous;
    }
    share.rank = rank;
    share.previous = undefined;
    share.next = undefined;
    if (rank === 0) return;
    const head = this.#heads[rank];
    share.next = head;
    if (head) head.previous = share;
    this.#heads[rank] = share;
  }
}
