// Hot path.
//
// Cuts what arrives into frames. A frame that lies whole in a chunk is given on as it lies there;
// one that is cut by the end of a chunk is put together in a block, so at most one per chunk is
// copied.

import assert from "node:assert/strict";
import { LIMITS } from "#base/limits.ts";
import type { BlockPool } from "#proxy/transport/block-pool.ts";
import { ERROR, type ErrorCode, FRAME_HEADER_BYTES, PREFACE } from "./frame-types.ts";

export type FrameSink = {
  // The payload lies in `bytes` from `from` to `to`, during the call only.
  frame(type: number, flags: number, id: number, bytes: Buffer, from: number, to: number): void;
  // The connection can't be read on.
  fault(code: ErrorCode, detail: string): void;
  // False once nothing more shall be read.
  readonly isReading: boolean;
};

export class FrameReader {
  readonly #sink: FrameSink;
  readonly #pool: BlockPool;
  readonly #header = Buffer.allocUnsafeSlow(FRAME_HEADER_BYTES);
  #headerLength = 0;
  #payload: Buffer | undefined;
  #payloadLength = 0;
  #prefaceRead: number;

  constructor(sink: FrameSink, pool: BlockPool, hasPreface: boolean) {
    assert.ok(LIMITS.frameBytesMax <= pool.blockBytes, "a block must hold a frame");
    this.#sink = sink;
    this.#pool = pool;
    this.#prefaceRead = hasPreface ? 0 : PREFACE.length;
  }

  // In the middle of a frame, or before the first one.
  get isWaiting(): boolean {
    return this.#headerLength > 0 || this.#prefaceRead < PREFACE.length;
  }

  read(chunk: Uint8Array): void {
    const bytes = asBuffer(chunk);
    let at = this.#prefaceRead < PREFACE.length ? this.#readPreface(bytes) : 0;
    if (this.#headerLength > 0) at = this.#readRest(bytes, at);
    while (bytes.length - at >= FRAME_HEADER_BYTES && this.#sink.isReading) {
      const end = at + FRAME_HEADER_BYTES + frameLength(bytes, at);
      if (end > bytes.length) break;
      const id = streamId(bytes, at);
      if (end - at - FRAME_HEADER_BYTES > LIMITS.frameBytesMax) return this.#tooLarge(id);
      this.#sink.frame(bytes[at + 3]!, bytes[at + 4]!, id, bytes, at + FRAME_HEADER_BYTES, end);
      at = end;
    }
    if (at < bytes.length && this.#sink.isReading) this.#readRest(bytes, at);
  }

  // The stream is gone.
  close(): void {
    if (this.#payload) this.#pool.give(this.#payload);
    this.#payload = undefined;
  }

  #readPreface(bytes: Buffer): number {
    let at = 0;
    while (at < bytes.length && this.#prefaceRead < PREFACE.length) {
      if (bytes[at] !== PREFACE.charCodeAt(this.#prefaceRead)) {
        this.#sink.fault(ERROR.protocol, "the connection doesn't begin with HTTP/2's preface");
        return bytes.length;
      }
      at++;
      this.#prefaceRead++;
    }
    return at;
  }

  // Goes on with the frame that an earlier chunk began, or begins one that this chunk won't end.
  #readRest(bytes: Buffer, start: number): number {
    let at = start;
    while (this.#headerLength < FRAME_HEADER_BYTES && at < bytes.length) {
      this.#header[this.#headerLength++] = bytes[at++]!;
    }
    if (this.#headerLength < FRAME_HEADER_BYTES) return at;
    const length = frameLength(this.#header, 0);
    const id = streamId(this.#header, 0);
    if (length > LIMITS.frameBytesMax) {
      this.#tooLarge(id);
      return bytes.length;
    }
    this.#payload ??= this.#pool.take();
    const taken = Math.min(length - this.#payloadLength, bytes.length - at);
    this.#payload.set(bytes.subarray(at, at + taken), this.#payloadLength);
    this.#payloadLength += taken;
    at += taken;
    if (this.#payloadLength === length) this.#finish(id, length);
    return at;
  }

  #finish(id: number, length: number): void {
    const payload = this.#payload!;
    this.#headerLength = 0;
    this.#payloadLength = 0;
    this.#payload = undefined;
    this.#sink.frame(this.#header[3]!, this.#header[4]!, id, payload, 0, length);
    this.#pool.give(payload);
  }

  #tooLarge(id: number): void {
    this.#sink.fault(ERROR.frameSize, `a frame of stream ${id} is larger than allowed`);
  }
}

function asBuffer(bytes: Uint8Array): Buffer {
  if (Buffer.isBuffer(bytes)) return bytes;
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
}

function frameLength(bytes: Buffer, at: number): number {
  return (bytes[at]! << 16) | (bytes[at + 1]! << 8) | bytes[at + 2]!;
}

// The first bit is reserved and ignored.
function streamId(bytes: Buffer, at: number): number {
  const high = bytes[at + 5]! & 0x7f;
  return (high << 24) | (bytes[at + 6]! << 16) | (bytes[at + 7]! << 8) | bytes[at + 8]!;
}
