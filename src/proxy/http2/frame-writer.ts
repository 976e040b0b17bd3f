// Hot path.
//
// Writes frames into the connection's outgoing block. No frame is larger than a block, which is
// smaller than the smallest frame size that a peer may ask for.

import assert from "node:assert/strict";
import { LIMITS, type Limits } from "#base/limits.ts";
import type { Headers } from "#proxy/exchange/heads.ts";
import type { Outgoing } from "#proxy/transport/outgoing.ts";
import {
  type ErrorCode,
  FLAG,
  FRAME,
  FRAME_HEADER_BYTES,
  PREFACE,
  STREAM_ID_MAX,
} from "./frame-types.ts";
import { HpackEncoder } from "./hpack-encoder.ts";

const PAYLOAD_BYTES_MAX = LIMITS.writeBlockBytes - FRAME_HEADER_BYTES;
assert.ok(PAYLOAD_BYTES_MAX < LIMITS.frameBytesMax, "no setting of a peer forbids our frames");

// At most this much body goes into one frame, and is one turn of a stream.
export const DATA_BYTES_MAX: number = Math.min(PAYLOAD_BYTES_MAX, LIMITS.writerTurnBytes);

export class FrameWriter {
  readonly #out: Outgoing;
  readonly encoder: HpackEncoder;
  #framesUnread = 0;

  constructor(out: Outgoing, limits: Limits) {
    this.#out = out;
    this.encoder = new HpackEncoder(limits);
  }

  get isBlocked(): boolean {
    return this.#out.isBlocked;
  }

  // Frames other than DATA since the peer stopped reading: those that no window holds back.
  get framesUnread(): number {
    return this.#framesUnread;
  }

  // Everything up to this byte of the connection has been given to the stream.
  get bytesSent(): number {
    return this.#out.bytesSent;
  }

  unblock(): void {
    this.#framesUnread = 0;
    this.#out.unblock();
  }

  preface(): void {
    this.#out.text(PREFACE);
  }

  // `pseudo` and `headers` are flat. Returns the number of the frame's first byte, see `endStream`.
  headers(id: number, pseudo: Headers, headers: Headers, endsStream: boolean): number {
    const most = HpackEncoder.blockOverheadBytes + boundOf(pseudo) + boundOf(headers);
    const flags = endsStream ? FLAG.endStream : 0;
    if (most > PAYLOAD_BYTES_MAX) return this.#longHeaders(id, pseudo, headers, flags, most);
    const at = this.#begin(most, FRAME.headers, flags | FLAG.endHeaders, id);
    const end = this.#encode(pseudo, headers, this.#out.block, at);
    writeLength(this.#out.block, at - FRAME_HEADER_BYTES, end - at);
    this.#out.giveBack(at + most - end);
    return this.#out.bytesSent + at - FRAME_HEADER_BYTES;
  }

  // The payload follows by `payload`.
  data(id: number, length: number, endsStream: boolean): number {
    const at = this.#out.reserve(FRAME_HEADER_BYTES);
    const flags = endsStream ? FLAG.endStream : 0;
    writeHeader(this.#out.block, at, length, FRAME.data, flags, id);
    return this.#out.bytesSent + at;
  }

  payload(piece: Uint8Array): void {
    this.#out.bytes(piece);
  }

  // Most streams end in the tick of their last frame. If that frame still stands in the block, it
  // is marked there: false, and it needs an empty frame behind it.
  endStream(frameAt: number): boolean {
    const at = frameAt - this.#out.bytesSent;
    if (at < 0 || at >= this.#out.bytesWaiting) return false;
    this.#out.block[at + 4]! |= FLAG.endStream;
    return true;
  }

  reset(id: number, code: ErrorCode): void {
    const at = this.#begin(4, FRAME.reset, 0, id);
    this.#out.block.writeUInt32BE(code, at);
  }

  // Pairs of identifier and value.
  settings(pairs: readonly number[]): void {
    const at = this.#begin(pairs.length * 3, FRAME.settings, 0, 0);
    for (let i = 0; i < pairs.length; i += 2) {
      this.#out.block.writeUInt16BE(pairs[i]!, at + i * 3);
      this.#out.block.writeUInt32BE(pairs[i + 1]!, at + i * 3 + 2);
    }
  }

  settingsAck(): void {
    this.#begin(0, FRAME.settings, FLAG.ack, 0);
  }

  ping(): void {
    const at = this.#begin(8, FRAME.ping, 0, 0);
    this.#out.block.fill(0, at, at + 8);
  }

  pingAck(bytes: Buffer, from: number): void {
    const at = this.#begin(8, FRAME.ping, FLAG.ack, 0);
    bytes.copy(this.#out.block, at, from, from + 8);
  }

  windowUpdate(id: number, increment: number): void {
    const at = this.#begin(4, FRAME.windowUpdate, 0, id);
    this.#out.block.writeUInt32BE(increment, at);
  }

  goAway(lastId: number, code: ErrorCode, detail: string): void {
    const at = this.#begin(8 + detail.length, FRAME.goAway, 0, 0);
    this.#out.block.writeUInt32BE(lastId & STREAM_ID_MAX, at);
    this.#out.block.writeUInt32BE(code, at + 4);
    this.#out.block.write(detail, at + 8, "latin1");
  }

  // Returns where the payload goes.
  #begin(length: number, type: number, flags: number, id: number): number {
    if (this.#out.isBlocked) this.#framesUnread++;
    const at = this.#out.reserve(FRAME_HEADER_BYTES + length);
    writeHeader(this.#out.block, at, length, type, flags, id);
    return at + FRAME_HEADER_BYTES;
  }

  #encode(pseudo: Headers, headers: Headers, block: Buffer, at: number): number {
    this.encoder.begin(block, at);
    this.encoder.fields(pseudo);
    this.encoder.fields(headers);
    return this.encoder.finish();
  }

  // Too long, perhaps, for one frame: HEADERS and CONTINUATION.
  #longHeaders(id: number, pseudo: Headers, headers: Headers, flags: number, most: number): number {
    const block = Buffer.allocUnsafeSlow(most);
    const end = this.#encode(pseudo, headers, block, 0);
    let frameAt = -1;
    for (let from = 0; from < end; from += PAYLOAD_BYTES_MAX) {
      const to = Math.min(end, from + PAYLOAD_BYTES_MAX);
      const type = from === 0 ? FRAME.headers : FRAME.continuation;
      const last = to === end ? FLAG.endHeaders : 0;
      const at = this.#begin(to - from, type, from === 0 ? flags | last : last, id);
      if (from === 0) frameAt = this.#out.bytesSent + at - FRAME_HEADER_BYTES;
      block.copy(this.#out.block, at, from, to);
    }
    return frameAt;
  }
}

function boundOf(headers: Headers): number {
  let bytes = (headers.length / 2) * HpackEncoder.fieldOverheadBytes;
  for (let i = 0; i < headers.length; i++) bytes += headers[i]!.length;
  return bytes;
}

function writeHeader(
  block: Buffer,
  at: number,
  length: number,
  type: number,
  flags: number,
  id: number,
): void {
  writeLength(block, at, length);
  block[at + 3] = type;
  block[at + 4] = flags;
  block[at + 5] = id >>> 24;
  block[at + 6] = id >>> 16;
  block[at + 7] = id >>> 8;
  block[at + 8] = id;
}

function writeLength(block: Buffer, at: number, length: number): void {
  block[at] = length >>> 16;
  block[at + 1] = length >>> 8;
  block[at + 2] = length;
}
