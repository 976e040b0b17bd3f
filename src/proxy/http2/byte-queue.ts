// Hot path.
//
// Bytes that must wait: to be sent, or to be read. They are copied in, because a chunk is valid
// only during the call that brought it. Many small chunks share a block; large ones lie in blocks
// of the shared pool, since what is left to the collector outside its heap makes it collect all of
// it: at 1 MiB bodies that was a fifth of a proxy's time.

import type { BlockPool } from "#proxy/transport/block-pool.ts";

const BLOCK_BYTES_MIN = 2048;

export class ByteQueue {
  readonly #pool: BlockPool;
  #blocks: Buffer[] = [];
  // Read up to here in the first block, written up to here in the last.
  #from = 0;
  #to = 0;
  #bytes = 0;
  #blockBytes = 0;
  // Read to its end, and still looked at.
  #spent: Buffer | undefined;

  constructor(pool: BlockPool) {
    this.#pool = pool;
  }

  get bytes(): number {
    return this.#bytes;
  }

  // What it takes of memory.
  get blockBytes(): number {
    return this.#blockBytes;
  }

  push(chunk: Uint8Array): void {
    let from = 0;
    this.#bytes += chunk.length;
    while (from < chunk.length) {
      const block = this.#blockWithRoom(chunk.length - from);
      const to = Math.min(chunk.length, from + block.length - this.#to);
      block.set(to - from === chunk.length ? chunk : chunk.subarray(from, to), this.#to);
      this.#to += to - from;
      from = to;
    }
  }

  // The next bytes that lie in one piece, at most `most`. Valid until the queue is used again.
  take(most: number): Buffer {
    this.#giveSpent();
    const block = this.#blocks[0]!;
    const isLast = this.#blocks.length === 1;
    const end = isLast ? this.#to : block.length;
    const taken = Math.min(most, end - this.#from);
    const piece = block.subarray(this.#from, this.#from + taken);
    this.#from += taken;
    this.#bytes -= taken;
    if (this.#from === end) {
      this.#spent = this.#blocks.shift();
      this.#blockBytes -= block.length;
      this.#from = 0;
      if (isLast) this.#to = 0;
    }
    return piece;
  }

  // Nobody looks at a piece of it any more.
  clear(): void {
    this.#giveSpent();
    for (const block of this.#blocks) this.#give(block);
    this.#blocks = [];
    this.#from = 0;
    this.#to = 0;
    this.#bytes = 0;
    this.#blockBytes = 0;
  }

  #blockWithRoom(wanted: number): Buffer {
    this.#giveSpent();
    const last = this.#blocks.at(-1);
    if (last && this.#to < last.length) return last;
    const isLarge = wanted * 2 > this.#pool.blockBytes;
    const least = Math.max(wanted, BLOCK_BYTES_MIN);
    const block = isLarge ? this.#pool.take() : Buffer.allocUnsafeSlow(least);
    this.#blocks.push(block);
    this.#blockBytes += block.length;
    this.#to = 0;
    return block;
  }

  #giveSpent(): void {
    if (this.#spent) this.#give(this.#spent);
    this.#spent = undefined;
  }

  #give(block: Buffer): void {
    if (block.length === this.#pool.blockBytes) this.#pool.give(block);
  }
}
