// Frames that are nearly right, to both ends of our HTTP/2. Nothing throws, every request ends in
// one way, and nothing is kept.

import assert from "node:assert/strict";
import type { Dice } from "#base/dice.fuzz.ts";
import { FakeClock } from "#base/fake-clock.ts";
import { LIMITS } from "#base/limits.ts";
import type { ExchangeEvents, RequestAcceptor, RequestEvents } from "#proxy/exchange/exchange.ts";
import type { Failure } from "#proxy/exchange/failure.ts";
import { BufferBudget } from "#proxy/transport/buffer-budget.ts";
import { memoryStreamPair } from "#proxy/transport/memory-stream.ts";
import { TickFlusher } from "#proxy/transport/tick-flusher.ts";
import { Http2ClientConnection } from "./client-connection.ts";
import { HpackEncoder } from "./hpack-encoder.ts";
import { frame, PREFACE_BYTES } from "./raw-peer.ts";
import { Http2ServerConnection } from "./server-connection.ts";
import { codecTools, echo, GET } from "./test-tools.ts";

const REQUEST = [":method", "POST", ":scheme", "http", ":authority", "a", ":path", "/"];
const ANSWER = [":status", "200"];
const MORE_FIELDS = [
  ["te", "trailers"],
  ["content-length", "3"],
  ["Connection", "close"],
  [":path", "/again"],
  [":protocol", "websocket"],
  ["cookie", "a=b"],
  ["__proto__", "a"],
  ["x-a", "\xff"],
  ["x-b", "\0"],
];
const WORDS = ["\0", "\0\0\0", "\xff\xff\xff", "\x01", "\x04", "\x05"];
const ROUND_MS = 20_000;

export function fuzzFramesToServer(dice: Dice): void {
  const rig = new FrameRig();
  let closed = 0;
  new Http2ServerConnection(rig.near, checking(echo), rig.tools, () => closed++);
  rig.send(dice, Buffer.concat([PREFACE_BYTES, frame(4, 0, 0), someFrames(dice, REQUEST)]));
  rig.end();
  assert.equal(closed, 1, "the connection ends, once");
}

export function fuzzFramesToClient(dice: Dice): void {
  const rig = new FrameRig();
  let closed = 0;
  const owner = { slotsChanged() {}, draining() {}, closed: () => void closed++ };
  const connection = new Http2ClientConnection(rig.near, owner, rig.tools);
  const exchanges = dice.some(3, () => new OneEnd());
  for (const events of exchanges) {
    const stream = connection.open({ ...GET, contentLength: -1 }, events);
    stream.write(Buffer.from("some"));
    if (!dice.chance(0.5)) continue;
    stream.end();
    events.noteAsked();
  }
  rig.send(dice, Buffer.concat([frame(4, 0, 0), someFrames(dice, ANSWER)]));
  rig.end();
  assert.equal(closed, 1, "the connection ends, once");
  for (const { isOver } of exchanges) assert.ok(isOver, "an exchange ends");
}

function someFrames(dice: Dice, head: readonly string[]): Buffer {
  const encoder = new HpackEncoder(LIMITS);
  const block = (fields: readonly string[]): Buffer => {
    const buffer = Buffer.alloc(4_096);
    encoder.begin(buffer, 0);
    encoder.fields(fields);
    return buffer.subarray(0, encoder.finish());
  };
  const fields = () => dice.some(3, () => dice.oneOf(MORE_FIELDS)).flat();
  const some = () => {
    const id = dice.oneOf([1, 1, 1, 3, 3, 5, 0, 2]);
    const flags = dice.oneOf([0, 1, 4, 5, 4, 5, 8, 0x20, dice.below(256)]);
    return dice.oneOf([
      () => frame(0, flags, id, dice.bytes(20)),
      () => frame(1, flags, id, block([...head, ...fields()])),
      () => frame(1, 5, id, block(fields())),
      () => frame(2, flags, id, dice.bytes(6)),
      () => frame(3, 0, id, Buffer.from([0, 0, 0, dice.below(16)])),
      () => frame(4, dice.below(2), 0, Buffer.from([0, dice.below(10), 0, 0, dice.below(255), 0])),
      () => frame(5, flags, id, dice.bytes(8)),
      () => frame(6, dice.below(2), 0, Buffer.alloc(8)),
      () => frame(7, 0, 0, Buffer.from([0, 0, 0, id, 0, 0, 0, dice.below(14)])),
      () => frame(8, 0, id, Buffer.from([dice.oneOf([0, 0x7f]), 0xff, 0xff, dice.below(256)])),
      () => frame(9, flags, id, block(fields())),
      () => frame(dice.below(256), flags, id, dice.bytes(12)),
    ])();
  };
  const frames = Buffer.concat([frame(1, 4, 1, block(head)), ...dice.some(10, some)]);
  return dice.chance(0.5) ? dice.spoil(frames, WORDS) : frames;
}

class FrameRig {
  readonly #clock = new FakeClock();
  #turns: (() => void)[] = [];
  readonly #schedule = (run: () => void) => void this.#turns.push(run);
  readonly tools = {
    ...codecTools(this.#clock),
    flusher: new TickFlusher(this.#schedule),
    buffers: new BufferBudget(LIMITS.streamBuffersBytesMax),
  };
  readonly #pair = memoryStreamPair(this.#schedule);
  readonly near = this.#pair[0];

  send(dice: Dice, bytes: Buffer): void {
    const [, far] = this.#pair;
    far.attach({ data() {}, ended() {}, drained() {}, closed() {} });
    this.#run();
    for (const part of dice.cut(bytes)) {
      far.write(part);
      this.#run();
    }
  }

  // The peer goes away, and time passes.
  end(): void {
    this.#pair[1].destroy();
    this.#run();
    for (let round = 0; this.tools.deadlines.pending > 0; round++) {
      assert.ok(round < 20, "deadlines are left");
      this.#clock.advance(ROUND_MS);
      this.#run();
    }
    assert.equal(this.tools.buffers.bytes, 0, "bytes are kept");
  }

  #run(): void {
    for (let i = 0; i < this.#turns.length; i++) this.#turns[i]!();
    this.#turns = [];
  }
}

// Holds what an exchange is told against the contract.
class OneEnd implements ExchangeEvents, RequestEvents {
  readonly #to: RequestEvents | undefined;
  // Ours has ended, theirs has.
  #hasAsked = false;
  #hasEnded = false;
  #hasFailed = false;

  constructor(to?: RequestEvents) {
    this.#to = to;
  }

  get isOver(): boolean {
    return this.#hasEnded || this.#hasFailed;
  }

  noteAsked(): void {
    this.#hasAsked = true;
  }

  inform(): void {
    assert.ok(!this.isOver, "1xx after the end");
  }

  head(): void {
    assert.ok(!this.isOver, "a head after the end");
  }

  data(chunk: Uint8Array): void {
    assert.ok(!this.isOver, "data after the end");
    this.#to?.data(chunk);
  }

  end(trailers: readonly string[]): void {
    assert.ok(!this.isOver, "an end after the end");
    this.#hasEnded = true;
    this.#to?.end(trailers);
  }

  fail(failure: Failure): void {
    assert.ok(!this.#hasFailed, "a second failure");
    assert.ok(!(this.#hasAsked && this.#hasEnded), "a failure after both directions have ended");
    this.#hasFailed = true;
    this.#to?.fail(failure);
  }

  drained(): void {
    this.#to?.drained();
  }
}

function checking(acceptor: RequestAcceptor): RequestAcceptor {
  return {
    request: (head, stream) => new OneEnd(acceptor.request(head, stream)),
    refuse: (failure) => acceptor.refuse(failure),
  };
}
