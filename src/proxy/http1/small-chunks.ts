// Hot path.
//
// What small chunks of one read carry, put together. A body in chunks of a byte (CVE-2020-8659)
// would else cost everybody behind us a frame, and the application an event, for each of them.

const SMALL_BYTES = 512;
const GATHERED_BYTES = 16 * 1024;

// One for all: it is empty again before anybody else's bytes are read.
let shared: Buffer | undefined;

export class SmallChunks {
  #bytes: Buffer | undefined;
  #length = 0;

  get isEmpty(): boolean {
    return this.#length === 0;
  }

  // False where they are not small, or too many: then `take` what there is, and pass them on.
  add(bytes: Buffer, from: number, to: number): boolean {
    const length = to - from;
    if (length > SMALL_BYTES || this.#length + length > GATHERED_BYTES) return false;
    shared ??= Buffer.allocUnsafe(GATHERED_BYTES);
    this.#bytes = shared;
    // A call of copy costs more than a byte or a few.
    if (length < 16) for (let i = 0; i < length; i++) shared[this.#length + i] = bytes[from + i]!;
    else bytes.copy(shared, this.#length, from, to);
    this.#length += length;
    return true;
  }

  // Valid until anything else is added.
  take(): Buffer {
    const taken = this.#bytes!.subarray(0, this.#length);
    this.#length = 0;
    return taken;
  }

  clear(): void {
    this.#length = 0;
  }
}
