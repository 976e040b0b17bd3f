// Hot path.
//
// The asking half of the exchange that is open on a connection: its body, on its way to whoever
// accepted the request. One object a connection, used by one exchange after the other.
//
// One that asks for a tunnel waits for the answer. What the peer sends meanwhile is kept by the
// connection: it may be the tunnel's first bytes, and must mean nothing to anything but a tunnel.

import type { Limits } from "#base/limits.ts";
import type { RequestEvents } from "#proxy/exchange/exchange.ts";
import type { Failure } from "#proxy/exchange/failure.ts";
import { asksForTunnel, LENGTH_UNKNOWN } from "#proxy/exchange/heads.ts";
import { BodyDecoder } from "./body-decoder.ts";
import type { Fault } from "./fault.ts";
import type { ParsedRequest } from "./request-head.ts";

// asked: the answer will tell.
type Tunnel = "none" | "asked" | "open";

export class ServerRequest {
  readonly #bytesDroppedMax: number;
  readonly #body: BodyDecoder;
  #events: RequestEvents | undefined;
  #isOver = true;
  #tunnel: Tunnel = "none";
  #owesEnd = false;
  #isPaused = false;
  #owesContinue = false;
  #bytesDropped = 0;

  constructor(limits: Limits) {
    this.#bytesDroppedMax = limits.requestBytesDroppedMax;
    this.#body = new BodyDecoder(limits);
  }

  // The acceptor has all of it.
  get isOver(): boolean {
    return this.#isOver;
  }

  get fault(): Fault | undefined {
    return this.#body.fault;
  }

  // What comes now is not for the acceptor, or not yet.
  get isHeld(): boolean {
    return this.#isOver || this.#tunnel === "asked";
  }

  get isTunnel(): boolean {
    return this.#tunnel === "open";
  }

  // So much of it has come after its answer that the connection is better closed.
  get isFlooding(): boolean {
    return this.#bytesDropped > this.#bytesDroppedMax;
  }

  // The acceptor can't take more of the body now.
  get isStopped(): boolean {
    return this.#isPaused && !this.isHeld;
  }

  // The peer holds the body back until it has a 100.
  get owesContinue(): boolean {
    return this.#owesContinue;
  }

  // With an ordinary answer, whose will the next bytes be? After a 100 that was never sent the body
  // comes or doesn't (RFC 9110 §10.1.1), and what came early for a tunnel looks like a request.
  leavesDoubt(hasMore: boolean): boolean {
    return this.#owesContinue || (this.#tunnel === "asked" && hasMore);
  }

  // Before the acceptor is asked: what it calls meanwhile depends on this.
  prepare(request: ParsedRequest, isBodyInHand: boolean): void {
    this.#isOver = false;
    this.#isPaused = false;
    this.#owesEnd = false;
    this.#bytesDropped = 0;
    this.#tunnel = asksForTunnel(request.head) ? "asked" : "none";
    this.#owesContinue = request.expectsContinue && !isBodyInHand && hasBody(request);
  }

  begin(request: ParsedRequest, events: RequestEvents): void {
    this.#events = events;
    if (this.#tunnel === "asked") return;
    if (this.#tunnel === "open") return this.#beginTunnel();
    const framing = request.isChunked ? "chunked" : "length";
    this.#body.begin(framing, request.head.contentLength, events);
    if (this.#body.isOver) this.#end();
  }

  // The answer has come, perhaps before `begin`. False for an ordinary one to who asked for a
  // tunnel: then the request was an ordinary one, too, and ended with its head.
  answered(opensTunnel: boolean): void {
    if (opensTunnel) {
      this.#tunnel = "open";
      if (this.#events) this.#beginTunnel();
    } else if (this.#tunnel === "asked") {
      this.#tunnel = "none";
      this.#owesEnd = this.#events !== undefined;
      this.#isOver = this.#owesEnd;
    }
  }

  // Later than the call that answered: what the acceptor is to know of the end. `isInputOver`: the
  // peer has closed its direction, and with it that of a tunnel.
  tellEnd(isInputOver: boolean): void {
    const isTunnelOver = isInputOver && this.isTunnel && this.#body.endByClose();
    if (!isTunnelOver && !this.#owesEnd) return;
    this.#owesEnd = false;
    this.#end();
  }

  // What came after the answer. True when it is too much.
  drop(bytes: number): boolean {
    this.#bytesDropped += bytes;
    return this.isFlooding;
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
    this.#tunnel = "none";
    this.#owesEnd = false;
    this.#body.stop();
  }

  #beginTunnel(): void {
    this.#body.begin("close", LENGTH_UNKNOWN, this.#events!);
  }

  #end(): void {
    this.#isOver = true;
    this.#events!.end(this.#body.trailers);
  }
}

function hasBody({ isChunked, head }: ParsedRequest): boolean {
  return isChunked || head.contentLength > 0;
}
