// Hot path.
//
// Bytes that came too early and have to be kept, in one piece. Its owner bounds them: it stops
// reading when there are enough.

const NOTHING = Buffer.alloc(0);
const LEAST = 256;

export class HeldBytes {
  #buffer: Buffer = NOTHING;
  #length = 0;

  get length(): number {
    return this.#length;
  }

  // Valid until the next `add`.
  get bytes(): Buffer {
    return this.#buffer.subarray(0, this.#length);
  }

  // Grows by doubling, so that a peer that sends single bytes costs no more than another.
  add(chunk: Uint8Array): void {
    const length = this.#length + chunk.length;
    if (length > this.#buffer.length) {
      const grown = Buffer.allocUnsafeSlow(Math.max(LEAST, this.#buffer.length * 2, length));
      grown.set(this.bytes);
      this.#buffer = grown;
    }
    this.#buffer.set(chunk, this.#length);
    this.#length = length;
  }

  // All of it; it is the caller's now.
  take(): Buffer {
    const { bytes } = this;
    this.clear();
    return bytes;
  }

  clear(): void {
    this.#buffer = NOTHING;
    this.#length = 0;
  }
}
