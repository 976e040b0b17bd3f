// Hot path.
//
// A request of the peer, and our answer to it.

import { Deadline } from "#base/deadlines.ts";
import { LIMITS } from "#base/limits.ts";
import type { DownstreamStream, RequestAcceptor, RequestEvents } from "#proxy/exchange/exchange.ts";
import type { Failure } from "#proxy/exchange/failure.ts";
import type { Headers, RequestHead, ResponseHead } from "#proxy/exchange/heads.ts";
import { asksForTunnel, opensTunnel } from "#proxy/exchange/heads.ts";
import { ERROR } from "./frame-types.ts";
import type { HpackDecoder } from "./hpack-decoder.ts";
import { Stream, type StreamLoss, type StreamOwner } from "./stream.ts";
import type { StreamEvent } from "./stream-state.ts";
import { trailersOf } from "./trailers.ts";

const NO_HEADERS: Headers = [];
const SWITCHING_PROTOCOLS = 101;
const NOT_IMPLEMENTED = 501;

export class Http2DownstreamStream extends Stream implements DownstreamStream {
  readonly request: RequestHead;
  readonly #acceptor: RequestAcceptor;
  // The acceptor hasn't heard of it.
  #isFresh = true;
  #tunnel: "none" | "asked" | "open" = "none";
  #acceptors: RequestEvents | undefined;
  // Takes the rest of a request that nobody wants any more.
  #dropping: RequestEvents | undefined;
  #bytesDropped = 0;
  #isPaused = false;
  #hasAnswered = false;
  #linger: Deadline | undefined;

  constructor(id: number, owner: StreamOwner, request: RequestHead, acceptor: RequestAcceptor) {
    super(id, owner);
    this.request = request;
    this.#acceptor = acceptor;
    this.receiver.expect(request.contentLength);
    if (!asksForTunnel(request)) return;
    this.#tunnel = "asked";
    this.receiver.pause();
  }

  // Tells the acceptor of it, once; not at all where the peer has taken it back.
  begin(): void {
    if (!this.#isFresh) return;
    this.#isFresh = false;
    this.#acceptors = this.#acceptor.request(this.request, this);
    if (!this.peerMaySend) this.receiver.finish(NO_HEADERS);
  }

  override get events(): RequestEvents {
    this.begin();
    return this.#dropping ?? this.#acceptors!;
  }

  override get takesData(): boolean {
    return true;
  }

  override get isExchangeOver(): boolean {
    return this.#tunnel !== "open" || !this.peerMaySend;
  }

  override receiveHead(block: HpackDecoder, endsStream: boolean): string {
    if (asksForTunnel(this.request)) return "a tunnel has no trailers";
    if (!endsStream) return "a second head doesn't end the stream";
    const trailers = block.isTooLarge ? "the trailers are too large" : trailersOf(block.fields);
    return typeof trailers === "string" ? trailers : this.peerEnds(trailers);
  }

  override failure(kind: StreamLoss, retry: Failure["retry"], detail: string): Failure {
    if (kind === "overflow") return { code: "overflow", side: "proxy", retry, detail };
    const code = kind === "lost" ? "downstream-reset" : "malformed-request";
    return { code, side: "downstream", retry, detail };
  }

  override lose(detail: string): void {
    this.fail("lost", "never", detail);
  }

  override fail(kind: StreamLoss, retry: Failure["retry"], detail: string): void {
    if (!this.#isFresh) return super.fail(kind, retry, detail);
    this.#isFresh = false;
    this.receiver.stop();
    this.sender.stop();
    this.enter("reset");
    this.#acceptor.refuse(this.failure(kind, retry, detail));
  }

  override enter(event: StreamEvent, isResetByUs = false): void {
    super.enter(event, isResetByUs);
    if (this.isClosed) {
      if (this.#linger) this.owner.deadlines.clear(this.#linger);
    } else if (event === "we-ended" && this.#tunnel !== "open") {
      this.#lingerNow();
    }
  }

  inform(head: ResponseHead): void {
    if (this.weMaySend) this.#writeHead([":status", `${head.status}`], head.headers);
  }

  respond(head: ResponseHead): void {
    if (!this.weMaySend) return;
    const status = `${this.#tunnel === "none" ? head.status : this.#answerAsker(head)}`;
    const { contentLength } = head;
    const saysLength = contentLength > 0 || (contentLength === 0 && head.status !== 204);
    const pseudo =
      saysLength && this.#tunnel !== "open"
        ? [":status", status, "content-length", `${contentLength}`]
        : [":status", status];
    this.#writeHead(pseudo, head.headers);
  }

  write(chunk: Uint8Array): boolean {
    // For HEAD the answer is its head: RFC 9110 §9.3.2.
    return this.request.method === "HEAD" || this.sender.write(chunk);
  }

  end(trailers: Headers = NO_HEADERS): void {
    if (this.#tunnel === "open") return this.sender.end();
    this.#hasAnswered = true;
    if (!this.receiver.isOver) this.#drop();
    this.sender.end(trailers);
  }

  // After `end` it refuses the rest of the request: the answer stays whole, RFC 9113 §8.1.
  reset({ code }: Failure): void {
    if (this.#tunnel === "open") return this.breakOff(ERROR.connect);
    if (!this.weMaySend) return this.breakOff(ERROR.none);
    // gRPC reads it as what it is, where the caller's own clock says the same.
    this.breakOff(code === "deadline-exceeded" ? ERROR.cancel : ERROR.internal);
  }

  // It isn't allowed any more: both sides are told that it is over, unless it is over already.
  revoke(failure: Failure): void {
    if (this.#hasAnswered) return;
    this.breakOff(this.#tunnel === "open" ? ERROR.connect : ERROR.cancel);
    this.events.fail(failure);
  }

  pause(): void {
    this.#isPaused = true;
    if (!this.#dropping) this.receiver.pause();
  }

  resume(): void {
    this.#isPaused = false;
    if (!this.#dropping && this.#tunnel !== "asked") this.receiver.resume();
  }

  // The tunnel opens, or what was meant for it is dropped. Returns the status to write.
  #answerAsker(head: ResponseHead): number {
    const { status } = head;
    if (opensTunnel(this.request, head)) {
      this.#tunnel = "open";
      if (!this.#isPaused) this.receiver.resume();
      // HTTP/2 has no 101: RFC 8441 §5.
      return status === SWITCHING_PROTOCOLS ? 200 : status;
    }
    this.#tunnel = "none";
    this.#drop();
    // An answer that ignores the Upgrade would read as an open tunnel here.
    return status < 300 ? NOT_IMPLEMENTED : status;
  }

  #drop(): void {
    if (this.#dropping) return;
    this.#dropping = {
      data: (chunk) => this.#dropBytes(chunk.length),
      end() {},
      fail: (failure) => {
        if (!this.#hasAnswered) this.#acceptors!.fail(failure);
      },
      drained: () => this.#acceptors!.drained(),
    };
    this.receiver.resume();
  }

  #dropBytes(bytes: number): void {
    this.#bytesDropped += bytes;
    if (!this.#isFlooding()) return;
    // While the answer is on its way, the window holds the peer back.
    if (this.weMaySend) this.receiver.stop();
    else this.breakOff(ERROR.none);
  }

  // The answer is out and the request isn't in: RFC 9113 §8.1.
  #lingerNow(): void {
    if (this.#isFlooding()) return this.breakOff(ERROR.none);
    this.#linger = new Deadline(() => this.breakOff(ERROR.none));
    this.owner.deadlines.set(this.#linger, LIMITS.lingerMs);
  }

  #isFlooding(): boolean {
    return this.#bytesDropped > this.owner.limits.requestBytesDroppedMax;
  }

  #writeHead(pseudo: Headers, headers: Headers): void {
    this.sender.noteFrame(this.owner.writer.headers(this.id, pseudo, headers, false));
  }
}
