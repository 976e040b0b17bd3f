// Hot path.
//
// One request on its way: pick -> connect -> forward -> record, with retries in between. The same
// for outbound (to an endpoint's proxy) and inbound (to the application): only what it forwards to
// differs.
//
//   awaiting -> connecting -> open -> answering -> over
//      (plan)     (slot)        \-> connecting (retry)
// What it may cost in time is in timed-exchange.ts.

import type { BoundReply } from "#decision/bound-shape.ts";
import { ANSWERS } from "#proxy/exchange/answers.ts";
import type { Waiter } from "#proxy/exchange/connection-pool.ts";
import type {
  DownstreamStream,
  RequestEvents,
  UpstreamConnection,
} from "#proxy/exchange/exchange.ts";
import type { Failure } from "#proxy/exchange/failure.ts";
import type { Headers, RequestHead, ResponseHead } from "#proxy/exchange/heads.ts";
import { opensTunnel } from "#proxy/exchange/heads.ts";
import { mayRetry } from "#proxy/resilience/may-retry.ts";
import { type Attempt, NO_ANSWER } from "./attempt.ts";
import { beginAttempt } from "./begin-attempt.ts";
import type { Forwarding, Series } from "./endpoint.ts";
import type { ExchangeTools } from "./exchange-tools.ts";
import { pickEndpoint } from "./pick-endpoint.ts";
import { FULL } from "./picker.ts";
import { BACKEND_FULL, NO_ENDPOINT, OVERFLOW, TRY_TIMED_OUT, UNSEEN } from "./proxy-failures.ts";
import { RecordedExchange } from "./recorded-exchange.ts";
import { RequestBody } from "./request-body.ts";
import { retryPauseMs } from "./retry-pause.ts";
import type { Phase } from "./timed-exchange.ts";
import { unseenByApplication } from "./unseen.ts";

export class Exchange extends RecordedExchange implements RequestEvents, Waiter {
  readonly #tools: ExchangeTools;
  readonly head: RequestHead;
  #forwarding: Forwarding | undefined;
  #attempt: Attempt | undefined;
  #isTunnel = false;
  #answerEnded = false;

  constructor(tools: ExchangeTools, head: RequestHead, stream: DownstreamStream) {
    super(tools, new RequestBody(stream, head), stream);
    this.#tools = tools;
    this.head = this.traced(head);
  }

  // ---- by the acceptor --------------------------------------------------------------------------

  start(forwarding: Forwarding): void {
    if (this.state === "over") return;
    this.obey(forwarding.rules, this.head);
    this.#forwarding = forwarding;
    this.#try();
  }

  refuse(failure: Failure, series?: Series): void {
    if (this.state === "over") return;
    if (series) this.series = series;
    this.series.began();
    this.#answer(failure);
  }

  // As a document says, instead of asking anybody.
  reply(bound: BoundReply, series: Series): void {
    if (this.state === "over") return;
    this.replyWith(this.head, bound, series);
    this.#finish("");
  }

  // ---- from downstream --------------------------------------------------------------------------

  data(chunk: Uint8Array): void {
    this.moved();
    this.body.data(chunk);
  }

  end(trailers: Headers): void {
    this.moved();
    this.body.end(trailers);
    this.course?.requestEnded();
    if (this.#isTunnel && this.#answerEnded) this.#end();
  }

  // The asker is gone: nobody is to answer.
  fail(failure: Failure): void {
    if (this.state === "over") return;
    this.#leave();
    if (this.status === 0) this.status = ANSWERS[failure.code].status;
    this.#finish(failure.code);
  }

  drained(): void {
    this.moved();
    if (this.state === "answering") this.#attempt!.upstream.resume();
  }

  // ---- from the pool ----------------------------------------------------------------------------

  slotReady(connection: UpstreamConnection): void {
    this.#open(connection);
  }

  slotFailed(failure: Failure): void {
    const attempt = this.#attempt!;
    attempt.unreachable(this.#tools.clock.nowMs());
    attempt.ended();
    this.#tryAnother(attempt, failure, true);
  }

  // ---- from upstream, by the current attempt ----------------------------------------------------

  informed(head: ResponseHead): void {
    this.moved();
    this.stream.inform(head);
  }

  answered(head: ResponseHead, headers: Headers): void {
    const nowMs = this.#tools.clock.nowMs();
    const attempt = this.#attempt!;
    this.moved();
    if (attempt.endpoint.isMesh && unseenByApplication(head) && this.body.isRepeatable) {
      attempt.upstream.cancel();
      return this.#retryAfter(UNSEEN);
    }
    if (this.course?.repeatsAnswer(head, attempt.endpoint.isMesh)) {
      attempt.upstream.cancel();
      return this.#repeat(head.status, head.status);
    }
    this.state = "answering";
    this.#isTunnel = opensTunnel(this.head, head);
    this.course?.answerBegan(this.#isTunnel);
    this.noteAnswer(head, nowMs);
    attempt.answered(nowMs, this.outcome);
    this.stream.respond(this.named(head, headers, this.head));
  }

  received(chunk: Uint8Array): void {
    this.moved();
    this.noteReceived(chunk);
    if (!this.stream.write(chunk)) this.#attempt!.upstream.pause();
  }

  completed(trailers: Headers): void {
    this.moved();
    this.#answerEnded = true;
    this.noteTrailers(trailers);
    this.stream.end(trailers);
    if (this.body.hasEnded) return this.#end();
    // One direction of a tunnel has ended; the other goes on.
    if (this.#isTunnel) return;
    // Answered early: the upstream need not wait for the rest.
    this.#attempt!.upstream.cancel();
    this.#end();
  }

  failed(failure: Failure): void {
    if (this.state !== "answering") return this.#retryAfter(failure);
    this.#attempt!.ended();
    this.#breakOff(failure);
  }

  writable(): void {
    this.moved();
    this.body.resume();
  }

  // ---- trying -----------------------------------------------------------------------------------

  #try(): void {
    const forwarding = this.#forwarding!;
    const nowMs = this.#tools.clock.nowMs();
    const at = pickEndpoint(forwarding, this.head, nowMs, this.#tools.random, this.failedTries);
    this.countIn(forwarding.seriesFor(at), this.head);
    this.series.began();
    if (at < 0) return this.#answer(at === FULL ? BACKEND_FULL : NO_ENDPOINT);
    this.#attempt = beginAttempt(this, forwarding, this.head, at);
    const pool = forwarding.endpoints[at]!.poolFor(this.head);
    const connection = pool.take();
    if (connection) return this.#open(connection);
    this.state = "connecting";
    this.body.hold();
    if (pool.wait(this)) return;
    this.#attempt.ended();
    this.#answer(OVERFLOW);
  }

  #open(connection: UpstreamConnection): void {
    this.state = "open";
    this.course?.tryBegan();
    const attempt = this.#attempt!;
    const upstream = attempt.open(connection, this.head, this.#tools.clock.nowMs());
    this.body.sendTo(upstream, attempt.endpoint.isMesh ? this.#tools.copies : undefined);
  }

  #retryAfter(failure: Failure): void {
    const attempt = this.#attempt!;
    const isSafe = mayRetry(failure, this.head) && this.body.isRepeatable;
    if (!isSafe && this.course?.repeatsFailure(failure)) {
      return this.#repeat(NO_ANSWER, failure.code);
    }
    attempt.answered(this.#tools.clock.nowMs(), NO_ANSWER);
    attempt.ended();
    this.course?.tryEnded();
    if (!isSafe || !this.takeRetry()) return this.#answer(failure);
    this.#tryAnother(attempt, failure, false);
  }

  // By the rule, after a pause; an endpoint may have seen it.
  #repeat(status: number, outcome: number | string): void {
    const attempt = this.#attempt!;
    attempt.answered(this.#tools.clock.nowMs(), status);
    attempt.ended();
    const failed = this.noteFailed(attempt, outcome);
    if (!this.course!.avoidsTried) failed.forgive();
    this.#giveUpTry();
    this.pause(this.course!.pauseMs(), () => this.#try());
  }

  #giveUpTry(): void {
    this.course?.tryEnded();
    this.series.retried();
    this.#attempt = undefined;
    this.body.hold();
  }

  // Connections are shared by those that wait for them, so trying another costs no budget; patience
  // and the number of attempts bound it.
  #tryAnother(attempt: Attempt, failure: Failure, isConnecting: boolean): void {
    const failed = this.noteFailed(attempt, failure.code);
    const { count } = failed;
    const { attemptsMax, connectPatienceMs } = this.#tools.limits.current;
    if (count >= attemptsMax || this.ageMs > connectPatienceMs) return this.#answer(failure);
    this.#giveUpTry();
    if (!isConnecting || !failed.hasAll(this.#forwarding!.endpoints)) return this.#try();
    failed.forgive();
    this.pause(retryPauseMs(count), () => this.#try());
  }

  // ---- ending -----------------------------------------------------------------------------------

  #answer(failure: Failure): void {
    this.tell(this.head, failure, this.#forwarding?.rule ?? "");
    this.#finish(failure.code);
  }

  // ---- time -------------------------------------------------------------------------------------

  protected override get phase(): Phase {
    if (!this.#isTunnel) return this.state === "answering" ? "answering" : "asking";
    return this.#answerEnded || this.body.hasEnded ? "half-closed" : "tunnel";
  }

  // It has taken too long, whatever it is doing.
  protected override expire(failure: Failure): void {
    if (this.state === "open" && failure.side !== "downstream") {
      this.#attempt!.answered(this.#tools.clock.nowMs(), NO_ANSWER);
    }
    this.#leave();
    if (this.state === "answering") this.#breakOff(failure);
    else this.#answer(failure);
  }

  protected override expireTry(): void {
    if (this.state !== "open") return this.expire(TRY_TIMED_OUT);
    this.#attempt!.upstream.cancel();
    this.#retryAfter(TRY_TIMED_OUT);
  }

  // The answer has begun and can't be finished.
  #breakOff(failure: Failure): void {
    this.stream.reset(failure);
    this.#finish(failure.code);
  }

  // Gives up whatever it has, or waits for.
  #leave(): void {
    if (this.#attempt) return this.#attempt.cancel(this.head, this.#tools.clock.nowMs());
    if (this.state === "pausing") this.stopPause();
    // No series has it now.
    this.series.began();
  }

  #end(): void {
    this.#attempt!.ended();
    this.#finish("");
  }

  #finish(cause: string): void {
    this.state = "over";
    this.stopTime();
    this.body.abandon();
    this.count(cause, this.head);
    this.record(this.#attempt, cause);
    this.#tools.budget.noteRequest();
  }
}
