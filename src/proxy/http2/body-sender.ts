// Hot path.
//
// The body that we send on one stream. What the windows and the peer's reading allow goes out at
// once, behind the head; the rest is queued, and the scheduler serves the queues in turn.

import type { Headers } from "#proxy/exchange/heads.ts";
import { ByteQueue } from "./byte-queue.ts";
import { WINDOW_BYTES_MAX } from "./frame-types.ts";
import { DATA_BYTES_MAX } from "./frame-writer.ts";
import type { Stream } from "./stream.ts";

const NO_HEADERS: Headers = [];

export class BodySender {
  readonly #stream: Stream;
  // What the peer will still take; below 0 after it has made its windows smaller.
  #window: number;
  #queue: ByteQueue | undefined;
  // What follows the queue, once `end` was called.
  #trailers: Headers | undefined;
  #awaitsDrain = false;
  #isOver = false;
  // Number of our last frame's first byte, see FrameWriter.endStream.
  #frameAt = -1;
  // The scheduler's list.
  nextInTurn: BodySender | undefined;
  isScheduled = false;

  constructor(stream: Stream, window: number) {
    this.#stream = stream;
    this.#window = window;
  }

  get queuedBytes(): number {
    return this.#queue?.bytes ?? 0;
  }

  get window(): number {
    return this.#window;
  }

  get canSend(): boolean {
    return this.#window > 0 && this.queuedBytes > 0;
  }

  // False: the sum is more than a window may be.
  widen(increment: number): boolean {
    if (this.#window + increment > WINDOW_BYTES_MAX) return false;
    this.#window += increment;
    if (this.canSend) this.#stream.owner.scheduler.add(this);
    return true;
  }

  // We have written a head.
  noteFrame(at: number): void {
    this.#frameAt = at;
  }

  write(chunk: Uint8Array): boolean {
    if (this.#isOver) return true;
    const { scheduler } = this.#stream.owner;
    let from = 0;
    // Whoever waits already comes first.
    if (this.queuedBytes === 0 && scheduler.isIdle) from = this.#writeNow(chunk);
    if (from < chunk.length) {
      this.#queue ??= new ByteQueue(this.#stream.owner.blocks);
      this.#queue.push(from === 0 ? chunk : chunk.subarray(from));
      if (this.#window > 0) scheduler.add(this);
    }
    if (this.queuedBytes < this.#stream.owner.limits.writeHighWaterBytes) return true;
    this.#awaitsDrain = true;
    return false;
  }

  end(trailers: Headers = NO_HEADERS): void {
    if (this.#isOver || this.#trailers) return;
    this.#trailers = trailers;
    if (this.queuedBytes === 0) this.#finish();
    else this.#stream.leaveTail();
  }

  // Nothing more goes out.
  stop(): void {
    this.#isOver = true;
    this.#queue?.clear();
    this.#queue = undefined;
  }

  // By the scheduler: one frame.
  takeTurn(connectionWindow: number): void {
    const length = Math.min(DATA_BYTES_MAX, this.#window, connectionWindow, this.queuedBytes);
    const queue = this.#queue!;
    const isLast = length === queue.bytes && this.#trailers?.length === 0;
    this.#begin(length, isLast);
    for (let left = length; left > 0; ) {
      const piece = queue.take(left);
      this.#stream.owner.writer.payload(piece);
      left -= piece.length;
    }
    if (queue.bytes === 0 && this.#trailers) this.#finish(isLast);
    if (!this.#awaitsDrain || this.#isOver) return;
    if (queue.bytes > this.#stream.owner.limits.writeHighWaterBytes / 2) return;
    this.#awaitsDrain = false;
    if (!this.#trailers) this.#stream.events.drained();
  }

  // Returns how much of it is written.
  #writeNow(chunk: Uint8Array): number {
    const { scheduler, writer } = this.#stream.owner;
    let from = 0;
    while (from < chunk.length && !writer.isBlocked) {
      const left = chunk.length - from;
      const length = Math.min(DATA_BYTES_MAX, this.#window, scheduler.window, left);
      if (length <= 0) break;
      this.#begin(length, false);
      writer.payload(length === chunk.length ? chunk : chunk.subarray(from, from + length));
      from += length;
    }
    return from;
  }

  #begin(length: number, endsStream: boolean): void {
    this.#window -= length;
    this.#stream.owner.scheduler.spend(length);
    this.#frameAt = this.#stream.owner.writer.data(this.#stream.id, length, endsStream);
  }

  #finish(isEnded = false): void {
    const { writer } = this.#stream.owner;
    const { id } = this.#stream;
    const trailers = this.#trailers!;
    this.#isOver = true;
    this.#queue?.clear();
    if (trailers.length > 0) writer.headers(id, NO_HEADERS, trailers, true);
    else if (!isEnded && !writer.endStream(this.#frameAt)) writer.data(id, 0, true);
    this.#stream.enter("we-ended");
  }
}
