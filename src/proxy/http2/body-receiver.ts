// Hot path.
//
// The body that a peer sends on one stream, and its window.
//
//   size = left (the peer may send) + held (came while paused) + unreturned (read, not credited)
//
// Credit goes back in halves of a window, and never while the reader is paused: a window that runs
// dry is the backpressure. A reader who was never paused while half a window went by gets a larger
// one, up to streamWindowGrownBytes.

import { LIMITS } from "#base/limits.ts";
import type { Headers } from "#proxy/exchange/heads.ts";
import { ByteQueue } from "./byte-queue.ts";
import { HeldBytes } from "./held-bytes.ts";
import type { Stream } from "./stream.ts";

export type Receipt = "taken" | "window-exceeded" | "length-exceeded";

export class BodyReceiver {
  readonly #stream: Stream;
  #size: number;
  #left: number;
  #unreturned = 0;
  // Of content-length; -1 where there is none.
  #expected = -1;
  #held: ByteQueue | undefined;
  #heldBytes: HeldBytes | undefined;
  // Complete, but the reader doesn't know yet.
  #trailers: Headers | undefined;
  #isPaused = false;
  #wasPaused = false;
  #isDelivering = false;
  #isLending = false;
  #isOver = false;

  constructor(stream: Stream) {
    this.#stream = stream;
    this.#size = stream.owner.limits.streamWindowBytes;
    this.#left = this.#size;
  }

  get heldBytes(): number {
    return this.#held?.bytes ?? 0;
  }

  // Its reader has been told of the end, or is to be told nothing more.
  get isOver(): boolean {
    return this.#isOver;
  }

  get windowBytes(): number {
    return this.#size;
  }

  // What the peer may still send.
  get windowLeft(): number {
    return this.#left;
  }

  // What content-length promised.
  expect(bytes: number): void {
    this.#expected = bytes;
  }

  // `flowBytes` counts padding, too.
  receive(bytes: Buffer, from: number, to: number, flowBytes: number): Receipt {
    if (flowBytes > this.#left) return "window-exceeded";
    this.#left -= flowBytes;
    const length = to - from;
    if (this.#expected >= 0) {
      if (length > this.#expected) return "length-exceeded";
      this.#expected -= length;
    }
    this.#unreturned += flowBytes - length;
    if (length === 0) return "taken";
    // Whoever hears of the stream only now may pause it at once: then body and end come together.
    const { events } = this.#stream;
    if (this.#isPaused || this.heldBytes > 0) {
      this.#hold(bytes.subarray(from, to));
    } else {
      this.#unreturned += length;
      events.data(bytes.subarray(from, to));
      this.#credit();
    }
    return "taken";
  }

  // Content-length said that more would come.
  get isShort(): boolean {
    return this.#expected > 0;
  }

  // The peer has sent all. The reader is told when it has read all.
  finish(trailers: Headers): void {
    if (this.#isOver) return;
    if (this.#isPaused || this.heldBytes > 0) this.#trailers = trailers;
    else this.#end(trailers);
  }

  pause(): void {
    this.#isPaused = true;
    this.#wasPaused = true;
  }

  resume(): void {
    if (!this.#isPaused) return;
    this.#isPaused = false;
    if (this.#isOver || this.#isDelivering) return;
    this.#isDelivering = true;
    this.#stream.owner.later.add(() => this.#deliver());
  }

  // No event follows, no credit either.
  stop(): void {
    this.#isOver = true;
    // The collector gets what somebody up the stack still looks at.
    if (!this.#isLending) this.#held?.clear();
    this.#held = undefined;
    this.#trailers = undefined;
    this.#heldBytes?.clear();
    this.#heldBytes = undefined;
  }

  #hold(bytes: Buffer): void {
    const stream = this.#stream;
    this.#held ??= new ByteQueue(stream.owner.blocks);
    this.#heldBytes ??= new HeldBytes(stream.owner.buffers, () => stream.spill());
    this.#held.push(bytes);
    this.#heldBytes.set(this.#held.blockBytes);
  }

  #deliver(): void {
    this.#isDelivering = false;
    while (!this.#isOver && !this.#isPaused && this.heldBytes > 0) {
      const piece = this.#held!.take(LIMITS.readBufferBytes);
      this.#unreturned += piece.length;
      this.#isLending = true;
      this.#stream.events.data(piece);
      this.#isLending = false;
    }
    if (this.#held) this.#heldBytes!.set(this.#held.blockBytes);
    if (this.#isOver || this.#isPaused) return;
    if (this.#trailers) this.#end(this.#trailers);
    else this.#credit();
  }

  #end(trailers: Headers): void {
    this.stop();
    this.#stream.events.end(trailers);
  }

  #credit(): void {
    if (this.#isOver || this.#isPaused || !this.#stream.peerMaySend) return;
    if (this.#unreturned * 2 < this.#size) return;
    // What is still to come fits: no use in asking for it.
    if (this.#expected >= 0 && this.#expected <= this.#left) return;
    let increment = this.#unreturned;
    const { streamWindowGrownBytes } = this.#stream.owner.limits;
    if (!this.#wasPaused && this.#size < streamWindowGrownBytes) {
      const grown = Math.min(this.#size * 2, streamWindowGrownBytes);
      increment += grown - this.#size;
      this.#size = grown;
    }
    this.#wasPaused = false;
    this.#left += increment;
    this.#unreturned = 0;
    this.#stream.owner.writer.windowUpdate(this.#stream.id, increment);
  }
}
