// Hot path.
//
// The block of a head or of trailers, out of one HEADERS frame or of some with CONTINUATION behind
// it (RFC 9113 §6.2, §6.10). Where one frame holds it all, it stays where it was read.

import { LIMITS } from "#base/limits.ts";
import { FLAG } from "#proxy/http2/frame-types.ts";

const NO_BYTES = Buffer.alloc(0);
const PRIORITY_BYTES = 5;

export class BlockAssembler {
  #bytes: Buffer = NO_BYTES;
  #from = 0;
  #to = 0;
  #flags = 0;
  #isOpen = false;

  // CONTINUATION must come next, and nothing else.
  get isOpen(): boolean {
    return this.#isOpen;
  }

  get bytes(): Buffer {
    return this.#bytes;
  }

  get from(): number {
    return this.#from;
  }

  get to(): number {
    return this.#to;
  }

  // It has no body behind it.
  get endsStream(): boolean {
    return (this.#flags & FLAG.endStream) !== 0;
  }

  // A HEADERS frame. False: it is none.
  begin(flags: number, bytes: Buffer, from: number, to: number): boolean {
    const isPadded = (flags & FLAG.padded) !== 0;
    this.#flags = flags;
    this.#bytes = bytes;
    this.#from = from + (isPadded ? 1 : 0) + ((flags & FLAG.priority) !== 0 ? PRIORITY_BYTES : 0);
    this.#to = isPadded ? to - bytes[from]! : to;
    if (this.#to < this.#from) return false;
    this.#isOpen = (flags & FLAG.endHeaders) === 0;
    if (this.#isOpen) this.#hold(Buffer.from(bytes.subarray(this.#from, this.#to)));
    return true;
  }

  // A CONTINUATION frame. False: that is too much.
  add(flags: number, bytes: Buffer, from: number, to: number): boolean {
    this.#hold(Buffer.concat([this.#bytes, bytes.subarray(from, to)]));
    this.#isOpen = (flags & FLAG.endHeaders) === 0;
    return this.#to <= LIMITS.headerBombBytes;
  }

  #hold(bytes: Buffer): void {
    this.#bytes = bytes;
    this.#from = 0;
    this.#to = bytes.length;
  }
}
