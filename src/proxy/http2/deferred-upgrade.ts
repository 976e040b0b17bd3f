// Hot path.
//
// An upgrade that was asked of a connection before its peer's first SETTINGS said whether it takes
// such (RFC 8441 §3). It has no stream yet: their numbers must go up as their heads go out.

import { LIMITS } from "#base/limits.ts";
import type { ExchangeEvents, UpstreamStream } from "#proxy/exchange/exchange.ts";
import type { Failure } from "#proxy/exchange/failure.ts";
import type { RequestHead } from "#proxy/exchange/heads.ts";
import type { BlockPool } from "#proxy/transport/block-pool.ts";
import { ByteQueue } from "./byte-queue.ts";

export class DeferredUpgrade implements UpstreamStream {
  readonly head: RequestHead;
  readonly events: ExchangeEvents;
  readonly #cancelled: (upgrade: DeferredUpgrade) => void;
  readonly #held: ByteQueue;
  #stream: UpstreamStream | undefined;
  #awaitsDrain = false;
  #isPaused = false;
  #hasEnded = false;
  #isOver = false;

  constructor(
    head: RequestHead,
    events: ExchangeEvents,
    cancelled: (upgrade: DeferredUpgrade) => void,
    pool: BlockPool,
  ) {
    this.#held = new ByteQueue(pool);
    this.head = head;
    this.events = events;
    this.#cancelled = cancelled;
  }

  // ---- by the connection ------------------------------------------------------------------------

  begin(stream: UpstreamStream): void {
    this.#stream = stream;
    if (this.#isPaused) stream.pause();
    let goesOn = true;
    while (this.#held.bytes > 0) goesOn = stream.write(this.#held.take(LIMITS.readBufferBytes));
    if (this.#hasEnded) stream.end();
    else if (this.#awaitsDrain && goesOn) this.events.drained();
  }

  fail(failure: Failure): void {
    this.#isOver = true;
    this.#held.clear();
    this.events.fail(failure);
  }

  // ---- UpstreamStream ---------------------------------------------------------------------------

  write(chunk: Uint8Array): boolean {
    if (this.#stream) return this.#stream.write(chunk);
    if (this.#isOver || this.#hasEnded) return true;
    this.#held.push(chunk);
    this.#awaitsDrain = true;
    return false;
  }

  end(): void {
    this.#hasEnded = true;
    this.#stream?.end();
  }

  cancel(): void {
    if (this.#stream) return this.#stream.cancel();
    if (this.#isOver) return;
    this.#isOver = true;
    this.#held.clear();
    this.#cancelled(this);
  }

  pause(): void {
    this.#isPaused = true;
    this.#stream?.pause();
  }

  resume(): void {
    this.#isPaused = false;
    this.#stream?.resume();
  }
}
