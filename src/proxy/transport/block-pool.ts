// Hot path.
//
// Write blocks, shared by all connections of a process: of one size for what most of them send in a
// tick, and larger ones for those that have more.

import { LIMITS } from "#base/limits.ts";

export class BlockPool {
  readonly blockBytes = LIMITS.writeBlockBytes;
  readonly bulkBytes = LIMITS.writeBulkBytes;
  readonly #free: Buffer[] = [];
  readonly #freeBulk: Buffer[] = [];

  take(): Buffer {
    return this.#free.pop() ?? Buffer.allocUnsafeSlow(this.blockBytes);
  }

  takeBulk(): Buffer {
    return this.#freeBulk.pop() ?? Buffer.allocUnsafeSlow(this.bulkBytes);
  }

  // Of either size.
  give(block: Buffer): void {
    if (block.length > this.blockBytes) {
      if (this.#freeBulk.length < LIMITS.writeBulksPooled) this.#freeBulk.push(block);
    } else if (this.#free.length < LIMITS.writeBlocksPooled) this.#free.push(block);
  }
}
