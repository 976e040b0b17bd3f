// For tests: a peer that says exactly what it is told, frame by frame, and shows what it hears.

import { FakeClock } from "#base/fake-clock.ts";
import { LIMITS, type LimitPair } from "#base/limits.ts";

import type { ExchangeEvents, RequestAcceptor, RequestEvents } from "#proxy/exchange/exchange.ts";
import type { Failure } from "#proxy/exchange/failure.ts";
import type { BufferBudget } from "#proxy/transport/buffer-budget.ts";
import type { ByteStream } from "#proxy/transport/byte-stream.ts";
import { memoryStreamPair } from "#proxy/transport/memory-stream.ts";
import { Http2ClientConnection } from "./client-connection.ts";
import type { PeerKind } from "./connection-limits.ts";
import { FRAME, FRAME_HEADER_BYTES, PREFACE } from "./frame-types.ts";
import { HpackEncoder } from "./hpack-encoder.ts";
import { Http2ServerConnection } from "./server-connection.ts";
import { codecTools } from "./test-tools.ts";

export type RawFrame = {
  readonly type: number;
  readonly flags: number;
  readonly id: number;
  readonly payload: Buffer;
};

type RawOptions = {
  readonly peers?: PeerKind;
  readonly limits?: readonly LimitPair[];
  readonly buffers?: BufferBudget;
};

export const PREFACE_BYTES: Buffer = Buffer.from(PREFACE);

const NOTHING: Buffer = Buffer.alloc(0);

export class RawPeer {
  readonly frames: RawFrame[] = [];
  readonly #stream: ByteStream;
  readonly #encoder = new HpackEncoder(LIMITS);
  #unread: Buffer = NOTHING;
  hasEnded = false;
  // Told of each frame as it comes.
  heard: (frame: RawFrame) => void = () => {};

  constructor(stream: ByteStream, skips: number) {
    this.#stream = stream;
    stream.attach({
      data: (bytes) => this.#read(bytes),
      ended: () => {
        this.hasEnded = true;
      },
      drained() {},
      closed: () => {
        this.hasEnded = true;
      },
    });
    this.#skips = skips;
  }

  // Bytes of the preface that come before the frames.
  #skips: number;

  send(...frames: readonly Buffer[]): void {
    this.#stream.write(Buffer.concat(frames));
  }

  end(): void {
    this.#stream.end();
  }

  destroy(): void {
    this.#stream.destroy();
  }

  pause(): void {
    this.#stream.pause();
  }

  resume(): void {
    this.#stream.resume();
  }

  // A header block in the state of this peer's table; flat fields.
  block(...fields: readonly string[]): Buffer {
    const buffer = Buffer.alloc(200_000);
    this.#encoder.begin(buffer, 0);
    this.#encoder.fields(fields);
    return Buffer.from(buffer.subarray(0, this.#encoder.finish()));
  }

  of(type: number, id?: number): RawFrame[] {
    return this.frames.filter((f) => f.type === type && (id === undefined || f.id === id));
  }

  // "reset 1: 5", "goaway 3: 1": the errors that it was told.
  get errors(): string[] {
    return this.frames.flatMap(({ type, id, payload }) => {
      if (type === FRAME.reset) return [`reset ${id}: ${payload.readUInt32BE()}`];
      if (type !== FRAME.goAway || payload.readUInt32BE(4) === 0) return [];
      return [`goaway ${payload.readUInt32BE()}: ${payload.readUInt32BE(4)}`];
    });
  }

  #read(bytes: Uint8Array): void {
    this.#unread = Buffer.concat([this.#unread, bytes]);
    const skipped = Math.min(this.#skips, this.#unread.length);
    this.#unread = this.#unread.subarray(skipped);
    this.#skips -= skipped;
    while (this.#unread.length >= FRAME_HEADER_BYTES) {
      const end = FRAME_HEADER_BYTES + this.#unread.readUIntBE(0, 3);
      if (this.#unread.length < end) return;
      const heard = {
        type: this.#unread[3]!,
        flags: this.#unread[4]!,
        id: this.#unread.readUInt32BE(5),
        payload: Buffer.from(this.#unread.subarray(FRAME_HEADER_BYTES, end)),
      };
      this.#unread = this.#unread.subarray(end);
      this.frames.push(heard);
      this.heard(heard);
    }
  }
}

export function frame(type: number, flags: number, id: number, payload: Buffer = NOTHING): Buffer {
  const header = Buffer.alloc(FRAME_HEADER_BYTES);
  header.writeUIntBE(payload.length, 0, 3);
  header[3] = type;
  header[4] = flags;
  header.writeUInt32BE(id, 5);
  return Buffer.concat([header, payload]);
}

export function uint32(...values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 4);
  for (const [i, value] of values.entries()) bytes.writeUInt32BE(value >>> 0, i * 4);
  return bytes;
}

// Flat pairs of setting and value.
export function settings(...pairs: readonly number[]): Buffer {
  const payload = Buffer.alloc(pairs.length * 3);
  for (let i = 0; i < pairs.length; i += 2) {
    payload.writeUInt16BE(pairs[i]!, i * 3);
    payload.writeUInt32BE(pairs[i + 1]!, i * 3 + 2);
  }
  return frame(FRAME.settings, 0, 0, payload);
}

// Our server on one end, a raw peer on the other that has sent `first`.
export function rawDownstream(
  acceptor: RequestAcceptor,
  first: readonly Buffer[] = [PREFACE_BYTES, settings()],
  { peers, limits = [], ...tools }: RawOptions = {},
) {
  const [near, far] = memoryStreamPair();
  const clock = new FakeClock();
  let closedTimes = 0;
  const closed = () => {
    closedTimes++;
  };
  const shared = { ...codecTools(clock), ...tools };
  shared.limits.replace(limits);
  const connection = new Http2ServerConnection(near, acceptor, shared, closed, peers);
  const peer = new RawPeer(far, 0);
  if (first.length > 0) peer.send(...first);
  return { connection, peer, clock, closedTimes: () => closedTimes };
}

export function rawUpstream(first: readonly Buffer[] = [settings()], buffers?: BufferBudget) {
  const [near, far] = memoryStreamPair();
  const clock = new FakeClock();
  const told: string[] = [];
  const owner = {
    slotsChanged: () => told.push("slotsChanged"),
    draining: () => told.push("draining"),
    closed: () => told.push("closed"),
  };
  const tools = { ...codecTools(clock), ...(buffers ? { buffers } : {}) };
  const connection = new Http2ClientConnection(near, owner, tools);
  const peer = new RawPeer(far, PREFACE.length);
  if (first.length > 0) peer.send(...first);
  return { connection, peer, clock, told };
}

// Notes what happens, as short sentences.
export function notes(log: string[]): RequestEvents & ExchangeEvents {
  return {
    inform: (head) => log.push(`inform ${head.status}`),
    head: (head) => log.push(`head ${head.status}`),
    data: (chunk) => log.push(`data ${chunk.length}`),
    end: (trailers) => log.push(trailers.length === 0 ? "end" : `end ${trailers.join(" ")}`),
    fail: ({ code, retry }: Failure) => log.push(`fail ${code} ${retry}`),
    drained: () => log.push("drained"),
  };
}

// Long enough for whatever is under way in memory.
export async function settle(): Promise<void> {
  for (let i = 0; i < 12; i++) await new Promise(setImmediate);
}
