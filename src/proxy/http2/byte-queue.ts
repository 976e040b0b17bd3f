// Hot path.
//
// Bytes that must wait: to be sent, or to be read. They are copied in, because a chunk is valid
// only during the call that brought it, and many small ones share a block.

const BLOCK_BYTES_MIN = 2048;

export class ByteQueue {
  #blocks: Buffer[] = [];
  // Read up to here in the first block, written up to here in the last.
  #from = 0;
  #to = 0;
  #bytes = 0;
  #blockBytes = 0;

  get bytes(): number {
    return this.#bytes;
  }

  // What it takes of memory.
  get blockBytes(): number {
    return this.#blockBytes;
  }

  push(chunk: Uint8Array): void {
    if (chunk.length === 0) return;
    this.#bytes += chunk.length;
    const last = this.#blocks.at(-1);
    const room = last ? last.length - this.#to : 0;
    const fits = Math.min(room, chunk.length);
    if (fits > 0) {
      last!.set(fits === chunk.length ? chunk : chunk.subarray(0, fits), this.#to);
      this.#to += fits;
    }
    if (fits === chunk.length) return;
    const rest = fits === 0 ? chunk : chunk.subarray(fits);
    const block = Buffer.allocUnsafeSlow(Math.max(rest.length, BLOCK_BYTES_MIN));
    block.set(rest);
    this.#blocks.push(block);
    this.#blockBytes += block.length;
    this.#to = rest.length;
  }

  // The next bytes that lie in one piece, at most `most`. Valid for ever: blocks aren't reused.
  take(most: number): Buffer {
    const block = this.#blocks[0]!;
    const isLast = this.#blocks.length === 1;
    const end = isLast ? this.#to : block.length;
    const taken = Math.min(most, end - this.#from);
    const piece = block.subarray(this.#from, this.#from + taken);
    this.#from += taken;
    this.#bytes -= taken;
    if (this.#from === end) {
      this.#blocks.shift();
      this.#blockBytes -= block.length;
      this.#from = 0;
      if (isLast) this.#to = 0;
    }
    return piece;
  }

  clear(): void {
    this.#blocks = [];
    this.#from = 0;
    this.#to = 0;
    this.#bytes = 0;
    this.#blockBytes = 0;
  }
}
