// Hot path.
//
// Cuts what a connection of HTTP/2 reads into frames (RFC 9113 §4.1). DATA is told as it comes,
// any other frame, and padded DATA, when it is whole.

import { FLAG, FRAME, FRAME_HEADER_BYTES } from "#proxy/http2/frame-types.ts";

export type FrameSink = {
  frame(type: number, flags: number, id: number, bytes: Buffer, from: number, to: number): void;
  // A piece of a body; `isLast` of its frame.
  data(flags: number, id: number, bytes: Buffer, from: number, to: number, isLast: boolean): void;
};

// Nobody asked for larger ones.
const FRAME_BYTES_MAX = 16_384;

export class FrameSplitter {
  readonly #sink: FrameSink;
  readonly #head = Buffer.alloc(FRAME_HEADER_BYTES);
  readonly #held = Buffer.allocUnsafeSlow(FRAME_BYTES_MAX);
  #headBytes = 0;
  #heldBytes = 0;
  #left = 0;
  #type = 0;
  #flags = 0;
  #id = 0;

  constructor(sink: FrameSink) {
    this.#sink = sink;
  }

  // Reads `bytes` up to `length`. False: that is no frame.
  feed(bytes: Buffer, length: number): boolean {
    let at = 0;
    while (at < length) {
      if (this.#headBytes < FRAME_HEADER_BYTES) {
        at = this.#readHead(bytes, at, length);
        if (this.#headBytes < FRAME_HEADER_BYTES) return true;
        if (this.#left > FRAME_BYTES_MAX) return false;
        if (this.#left > 0) continue;
      }
      at = this.#readPayload(bytes, at, length);
    }
    return true;
  }

  #readHead(bytes: Buffer, from: number, length: number): number {
    const wanted = FRAME_HEADER_BYTES - this.#headBytes;
    const taken = Math.min(wanted, length - from);
    if (taken === FRAME_HEADER_BYTES) {
      this.#parse(bytes, from);
    } else {
      bytes.copy(this.#head, this.#headBytes, from, from + taken);
      if (taken === wanted) this.#parse(this.#head, 0);
    }
    this.#headBytes += taken;
    return from + taken;
  }

  #parse(bytes: Buffer, at: number): void {
    this.#left = (bytes[at]! << 16) | (bytes[at + 1]! << 8) | bytes[at + 2]!;
    this.#type = bytes[at + 3]!;
    this.#flags = bytes[at + 4]!;
    this.#id = bytes.readUInt32BE(at + 5) & 0x7fff_ffff;
    this.#heldBytes = 0;
  }

  #readPayload(bytes: Buffer, from: number, length: number): number {
    const to = from + Math.min(this.#left, length - from);
    this.#left -= to - from;
    if (this.#left === 0) this.#headBytes = 0;
    const isPadded = (this.#flags & FLAG.padded) !== 0;
    if (this.#type === FRAME.data && !isPadded) {
      this.#sink.data(this.#flags, this.#id, bytes, from, to, this.#left === 0);
    } else if (this.#left === 0 && this.#heldBytes === 0) {
      this.#sink.frame(this.#type, this.#flags, this.#id, bytes, from, to);
    } else {
      bytes.copy(this.#held, this.#heldBytes, from, to);
      this.#heldBytes += to - from;
      if (this.#left === 0) {
        this.#sink.frame(this.#type, this.#flags, this.#id, this.#held, 0, this.#heldBytes);
      }
    }
    return to;
  }
}
