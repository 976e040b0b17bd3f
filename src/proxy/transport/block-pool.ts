// Hot path.
//
// Write blocks of one size, shared by all connections of a process.

import { LIMITS } from "#base/limits.ts";

export class BlockPool {
  readonly blockBytes = LIMITS.writeBlockBytes;
  readonly #free: Buffer[] = [];

  take(): Buffer {
    return this.#free.pop() ?? Buffer.allocUnsafeSlow(this.blockBytes);
  }

  give(block: Buffer): void {
    if (this.#free.length < LIMITS.writeBlocksPooled) this.#free.push(block);
  }
}
