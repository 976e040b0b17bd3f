// Hot path.
//
// A connection on which somebody asks us, in HTTP/1.1 or HTTP/1.0 (RFC 9112).
//
// Requests are answered one after the other. While an exchange is open, what comes behind its
// request waits in `#kept`, and past a bound we stop reading. `Expect: 100-continue` is answered
// here and not passed on: a hop that waits for a 100 and one that doesn't send it disagree about
// whose the next bytes are, and between our two proxies there is nothing to save by waiting.
//
// An answer that opens a tunnel makes the whole connection one. Each direction ends for itself, and
// there is no deadline but whoever accepted the request has its own.

import type { Limits } from "#base/limits.ts";
import type { RequestAcceptor } from "#proxy/exchange/exchange.ts";
import type { Failure } from "#proxy/exchange/failure.ts";
import type { ResponseHead } from "#proxy/exchange/heads.ts";
import type { ByteStream } from "#proxy/transport/byte-stream.ts";
import type { CodecTools } from "#proxy/transport/codec-tools.ts";
import { Outgoing } from "#proxy/transport/outgoing.ts";
import { asBuffer } from "./as-buffer.ts";
import { BodyWriter } from "./body-writer.ts";
import { DateLine } from "./date-line.ts";
import { requestFailure } from "./fault.ts";
import { HeadReader } from "./head-reader.ts";
import { type ParsedRequest, parseRequestHead } from "./request-head.ts";
import {
  answerTo,
  BODY_UNWANTED,
  CONTINUE_TEXT,
  downstreamReset,
  encodeLastAnswer,
  HEAD_CUT_SHORT,
  HEAD_TIMED_OUT,
} from "./server-answers.ts";
import { ServerEnding } from "./server-ending.ts";
import { ServerExchange, type ServerExchangeKeeper } from "./server-exchange.ts";
import { ServerInput, STOPPED } from "./server-input.ts";
import { ServerRequest } from "./server-request.ts";
import { ServerTimer } from "./server-timer.ts";

export class Http1ServerConnection {
  readonly #limits: Limits;
  readonly #stream: ByteStream;
  readonly #acceptor: RequestAcceptor;
  readonly #closed: () => void;
  readonly #outgoing: Outgoing;
  readonly #input: ServerInput;
  readonly #keeper: ServerExchangeKeeper;
  readonly #heads: HeadReader;
  readonly #request: ServerRequest;
  readonly #timer: ServerTimer;
  readonly #ending: ServerEnding;
  #exchange: ServerExchange | undefined;
  #requestsInTurn = 0;
  #isAnswered = false;
  #isDraining = false;
  #hasPeerEnded = false;

  constructor(
    stream: ByteStream,
    acceptor: RequestAcceptor,
    tools: CodecTools,
    closed: () => void,
  ) {
    this.#limits = tools.limits.current;
    this.#stream = stream;
    this.#acceptor = acceptor;
    this.#closed = closed;
    this.#outgoing = new Outgoing(stream, tools.flusher, tools.blocks);
    this.#heads = new HeadReader(this.#limits.headBytesMax);
    this.#request = new ServerRequest(this.#limits);
    const step = (bytes: Buffer, from: number) => this.#step(bytes, from);
    this.#input = new ServerInput(stream, tools, step, () => this.#settle());
    this.#keeper = this.#createKeeper(new DateLine(tools.clock));
    this.#timer = new ServerTimer(tools, () => this.#expire());
    this.#ending = new ServerEnding(stream, this.#keeper, this.#input, this.#timer);
    this.#timer.wait("head");
    stream.attach({
      data: (bytes) => this.#read(asBuffer(bytes)),
      ended: () => this.#peerEnded(),
      drained: () => this.#drained(),
      closed: (code) => this.#streamClosed(code),
    });
  }

  // No new requests: finishes what is open, then closes.
  drain(): void {
    this.#isDraining = true;
    if (!this.#exchange && !this.#input.isConsuming) this.#settle();
  }

  destroy(): void {
    if (this.#exchange) this.#ending.breakOff();
    else this.#stream.destroy();
  }

  #createKeeper(date: DateLine): ServerExchangeKeeper {
    return {
      outgoing: this.#outgoing,
      body: new BodyWriter(this.#outgoing),
      date,
      isLast: () => this.#isLast(),
      tunnelAnswered: (opensTunnel) => {
        this.#request.answered(opensTunnel);
        if (!this.#input.isConsuming) this.#input.advanceLater();
      },
      tunnelEnded: () => {
        this.#outgoing.end();
        if (this.#request.isOver) this.#endAnswer();
      },
      answered: () => {
        this.#isAnswered = true;
        if (!this.#input.isConsuming) this.#endAnswer();
      },
      // The acceptor learns of it when the stream is closed.
      broken: () => this.#stream.destroy(),
      reset: () => this.#reset(),
      paused: (isPaused) => {
        this.#request.paused(isPaused);
        this.#limitReading();
      },
    };
  }

  #read(bytes: Buffer): void {
    if (this.#ending.hasBegun || this.#isAnswered) this.#countDropped(bytes.length);
    this.#input.read(bytes);
    this.#settle();
  }

  #step(bytes: Buffer, from: number): number {
    if (this.#exchange && this.#request.isHeld) return STOPPED;
    if (!this.#exchange && !this.#isReady()) return STOPPED;
    const at = this.#exchange ? this.#readBody(bytes, from) : this.#readHead(bytes, from);
    if (this.#isAnswered) this.#endAnswer();
    return at;
  }

  // May the next request be read? A peer that sends many and fetches no answers has to wait, and
  // so has one whose requests are answered at once, so that other connections get their turn.
  #isReady(): boolean {
    if (this.#ending.hasBegun || this.#outgoing.isBlocked) return false;
    return this.#requestsInTurn++ < this.#limits.pipelinedMax;
  }

  #readHead(bytes: Buffer, from: number): number {
    const heads = this.#heads;
    const at = heads.read(bytes, from);
    if (heads.fault) {
      this.#refuse(requestFailure(heads.fault));
    } else if (heads.bytes) {
      const parsed = parseRequestHead(heads.bytes, heads.start, heads.end, this.#limits);
      heads.clear();
      this.#input.used(at);
      if (parsed.kind === "refused") this.#refuse(parsed.failure);
      else this.#begin(parsed);
    }
    return at;
  }

  #begin(parsed: ParsedRequest): void {
    const request = this.#request;
    this.#timer.wait("exchange");
    request.prepare(parsed, this.#input.hasMore);
    const exchange = new ServerExchange(this.#keeper, parsed);
    this.#exchange = exchange;
    const events = this.#acceptor.request(parsed.head, exchange);
    if (this.#exchange !== exchange) return; // reset at once
    request.begin(parsed, events);
    if (!request.owesContinue || !exchange.isUnanswered) return;
    request.continueSent();
    this.#outgoing.text(CONTINUE_TEXT);
  }

  #readBody(bytes: Buffer, from: number): number {
    const at = this.#request.read(bytes, from);
    const fault = this.#exchange && this.#request.fault;
    if (fault) this.#refuseBody(requestFailure(fault));
    return at;
  }

  #limitReading(): void {
    const { isFlooding, isStopped } = this.#request;
    this.#input.limit(isFlooding || (isStopped && !this.#isAnswered));
  }

  // After whatever may have ended an exchange or brought bytes: what is next?
  #settle(): void {
    this.#requestsInTurn = 0;
    this.#limitReading();
    if (this.#ending.hasBegun) return;
    if (this.#exchange) return this.#settleExchange();
    const isWaiting = this.#input.hasKept;
    const { isBlank, isEmpty } = this.#heads;
    if (isWaiting && !this.#outgoing.isBlocked) return this.#input.advanceLater();
    if (!isWaiting && this.#hasPeerEnded && !isBlank) return this.#refuse(HEAD_CUT_SHORT);
    if (!isWaiting && isBlank && (this.#hasPeerEnded || this.#isDraining)) return this.#finish();
    const { waiting } = this.#timer;
    if (!isEmpty && waiting !== "head") this.#timer.wait("head");
    else if (isEmpty && waiting === "exchange") this.#timer.wait("idle");
  }

  #settleExchange(): void {
    this.#request.tellEnd(this.#hasPeerEnded && !this.#input.hasKept);
    if (this.#request.isOver && this.#exchange?.hasEnded) this.#endAnswer();
  }

  #isLast(): boolean {
    const { hasMore } = this.#input;
    const isInputOver = this.#hasPeerEnded && !hasMore;
    return this.#isDraining || isInputOver || this.#request.leavesDoubt(hasMore);
  }

  // The answer is complete, or a tunnel over. The request of an answer need not be complete: its
  // rest is read on, within bounds.
  #endAnswer(): void {
    if (this.#exchange!.closes) this.#finish();
    if (!this.#request.isOver) {
      if (this.#timer.waiting === "exchange") this.#timer.wait("linger");
      return this.#limitReading();
    }
    this.#leaveExchange();
    if (!this.#ending.hasBegun) this.#timer.wait("exchange");
    if (!this.#input.isConsuming) this.#settle();
  }

  // The request learns of a failure last, because its acceptor may call us.
  #leaveExchange(failure?: Failure): void {
    this.#exchange?.abandon();
    this.#exchange = undefined;
    this.#isAnswered = false;
    if (failure) this.#request.fail(failure);
    else this.#request.leave();
  }

  #countDropped(bytes: number): void {
    if (!this.#request.drop(bytes)) return;
    this.#leaveExchange(BODY_UNWANTED);
    this.#finish();
  }

  #refuse(failure: Failure): void {
    this.#endWith(this.#acceptor.refuse(failure));
  }

  // The body is malformed: the acceptor has the request already.
  #refuseBody(failure: Failure): void {
    const { isUnanswered } = this.#exchange!;
    const isAnswered = this.#isAnswered;
    this.#leaveExchange(failure);
    if (isUnanswered) this.#endWith(answerTo(failure));
    else if (isAnswered) this.#finish();
    else this.#reset();
  }

  #endWith(answer: ResponseHead): void {
    this.#outgoing.text(encodeLastAnswer(answer, this.#keeper.date));
    this.#finish();
  }

  #finish(): void {
    this.#heads.clear();
    this.#ending.finish();
    this.#limitReading();
  }

  #reset(): void {
    this.#leaveExchange();
    this.#ending.breakOff();
  }

  #expire(): void {
    if (this.#timer.waiting === "head" && !this.#heads.isBlank) return this.#refuse(HEAD_TIMED_OUT);
    if (this.#timer.waiting === "linger") this.#leaveExchange(BODY_UNWANTED);
    if (this.#ending.hasBegun) this.#ending.linger();
    else this.#finish();
  }

  #peerEnded(): void {
    this.#hasPeerEnded = true;
    const { isHeld, isTunnel } = this.#request;
    if (!this.#exchange || isHeld || isTunnel) return this.#settle();
    const isAnswered = this.#isAnswered;
    this.#leaveExchange(downstreamReset(""));
    if (isAnswered) this.#finish();
    else this.#reset();
  }

  #drained(): void {
    this.#outgoing.unblock();
    if (this.#exchange?.takeAwaitsDrain()) this.#request.drained();
    this.#settle();
  }

  #streamClosed(code: string): void {
    this.#ending.closed();
    this.#leaveExchange(downstreamReset(code));
    this.#closed();
  }
}
