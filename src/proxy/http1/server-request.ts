// Hot path.
//
// The asking half of the exchange that is open on a connection: its body, on its way to whoever
// accepted the request. One object a connection, used by one exchange after the other.

import type { RequestEvents } from "#proxy/exchange/exchange.ts";
import type { Failure } from "#proxy/exchange/failure.ts";
import { BodyDecoder } from "./body-decoder.ts";
import type { Fault } from "./fault.ts";
import type { ParsedRequest } from "./request-head.ts";

export class ServerRequest {
  readonly #body = new BodyDecoder();
  #events: RequestEvents | undefined;
  #isOver = true;
  #isPaused = false;
  #owesContinue = false;

  // The acceptor has all of it.
  get isOver(): boolean {
    return this.#isOver;
  }

  get fault(): Fault | undefined {
    return this.#body.fault;
  }

  // The acceptor can't take more of the body now.
  get isStopped(): boolean {
    return this.#isPaused && !this.#isOver;
  }

  // The peer holds the body back until it has a 100.
  get owesContinue(): boolean {
    return this.#owesContinue;
  }

  // Before the acceptor is asked: what it calls meanwhile depends on this.
  prepare(request: ParsedRequest, isBodyInHand: boolean): void {
    this.#isOver = false;
    this.#isPaused = false;
    this.#owesContinue = request.expectsContinue && !isBodyInHand && hasBody(request);
  }

  begin(request: ParsedRequest, events: RequestEvents): void {
    this.#events = events;
    const framing = request.isChunked ? "chunked" : "length";
    this.#body.begin(framing, request.head.contentLength, events);
    if (this.#body.isOver) this.#end();
  }

  // Returns the index after what belongs to the body. Look at `fault` and `isOver` afterwards.
  read(bytes: Buffer, from: number): number {
    this.#owesContinue = false;
    const at = this.#body.decode(bytes, from);
    // Without events it was given up by whoever we gave the data to.
    if (this.#events && this.#body.isOver && !this.#body.fault) this.#end();
    return at;
  }

  continueSent(): void {
    this.#owesContinue = false;
  }

  paused(isPaused: boolean): void {
    this.#isPaused = isPaused;
  }

  drained(): void {
    this.#events?.drained();
  }

  fail(failure: Failure): void {
    const events = this.#events;
    this.leave();
    events?.fail(failure);
  }

  // No event follows.
  leave(): void {
    this.#events = undefined;
    this.#isOver = true;
    this.#body.stop();
  }

  #end(): void {
    this.#isOver = true;
    this.#events!.end(this.#body.trailers);
  }
}

function hasBody({ isChunked, head }: ParsedRequest): boolean {
  return isChunked || head.contentLength > 0;
}
