// Hot path.
//
// One request on its way: pick -> connect -> forward -> record, with retries in between. The same
// for outbound (to an endpoint's proxy) and inbound (to the application): only what it forwards to
// differs.
//
//   awaiting -> connecting -> open -> answering -> over
//      (plan)     (slot)        \-> connecting (retry)
//
// What it may cost in time is in timed-exchange.ts.

import { Deadline } from "#base/deadlines.ts";
import { pickTwo } from "#proxy/balancing/pick-two.ts";
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
import { answer } from "./answer.ts";
import { Attempt } from "./attempt.ts";
import type { Endpoint, Forwarding, Series } from "./endpoint.ts";
import type { ExchangeTools } from "./exchange-tools.ts";
import { FailedTries } from "./failed-tries.ts";
import { forStrangers } from "./for-strangers.ts";
import { findHeader } from "./header-edits.ts";
import { NO_ENDPOINT, OVERFLOW, UNSEEN } from "./proxy-failures.ts";
import { RequestBody } from "./request-body.ts";
import { retryPauseMs } from "./retry-pause.ts";
import { type Phase, TimedExchange } from "./timed-exchange.ts";
import { unseenByApplication } from "./unseen.ts";

type State = "awaiting" | "connecting" | "pausing" | "open" | "answering" | "over";

export class Exchange extends TimedExchange implements RequestEvents, Waiter {
  readonly #tools: ExchangeTools;
  readonly #head: RequestHead;
  readonly #stream: DownstreamStream;
  #state: State = "awaiting";
  #forwarding: Forwarding | undefined;
  #series: Series;
  #attempt: Attempt | undefined;
  #failed: FailedTries | undefined;
  #pause: Deadline | undefined;
  #isTunnel = false;
  #answerEnded = false;
  #status = 0;
  #grpcStatus = "";
  #answeredAfterMs: number | undefined;
  #responseBytes = 0;

  constructor(tools: ExchangeTools, head: RequestHead, stream: DownstreamStream) {
    super(tools, new RequestBody(stream, head));
    this.#tools = tools;
    this.#head = head;
    this.#stream = stream;
    this.#series = tools.unrouted;
  }

  // ---- by the acceptor --------------------------------------------------------------------------

  // The decision is not made yet: the body has to wait.
  hold(): void {
    this.body.hold();
  }

  start(forwarding: Forwarding): void {
    if (this.#state === "over") return;
    this.#forwarding = forwarding;
    this.#try();
  }

  refuse(failure: Failure, series?: Series): void {
    if (this.#state === "over") return;
    if (series) this.#series = series;
    this.#series.began();
    this.#answer(failure);
  }

  // ---- from downstream --------------------------------------------------------------------------

  data(chunk: Uint8Array): void {
    this.moved();
    this.body.data(chunk);
  }

  end(trailers: Headers): void {
    this.moved();
    this.body.end(trailers);
    if (this.#isTunnel && this.#answerEnded) this.#end();
  }

  // The asker is gone: nobody is to answer.
  fail(failure: Failure): void {
    if (this.#state === "over") return;
    this.#leave();
    if (this.#status === 0) this.#status = ANSWERS[failure.code].status;
    this.#finish(failure.code);
  }

  drained(): void {
    this.moved();
    if (this.#state === "answering") this.#attempt!.upstream.resume();
  }

  // ---- from the pool ----------------------------------------------------------------------------

  slotReady(connection: UpstreamConnection): void {
    this.#open(connection);
  }

  slotFailed(failure: Failure): void {
    const attempt = this.#attempt!;
    attempt.endpoint.load.connectFailed(this.#tools.clock.nowMs());
    attempt.ended();
    this.#tryAnother(attempt.endpoint, failure, true);
  }

  // ---- from upstream, by the current attempt ----------------------------------------------------

  informed(head: ResponseHead): void {
    this.moved();
    this.#stream.inform(head);
  }

  answered(head: ResponseHead, headers: Headers): void {
    const nowMs = this.#tools.clock.nowMs();
    const attempt = this.#attempt!;
    this.moved();
    if (attempt.endpoint.isMesh && unseenByApplication(head) && !this.body.isStarted) {
      attempt.upstream.cancel();
      return this.#retryAfter(UNSEEN);
    }
    this.#state = "answering";
    this.#isTunnel = opensTunnel(this.#head, head);
    this.#status = head.status;
    // A trailers-only answer.
    this.#grpcStatus = findHeader(head.headers, "grpc-status") ?? "";
    this.#answeredAfterMs = nowMs - this.startedMs;
    attempt.answered(nowMs, head.status >= 500);
    this.#stream.respond(headers === head.headers ? head : { ...head, headers });
  }

  received(chunk: Uint8Array): void {
    this.moved();
    this.#responseBytes += chunk.length;
    if (!this.#stream.write(chunk)) this.#attempt!.upstream.pause();
  }

  completed(trailers: Headers): void {
    this.moved();
    this.#answerEnded = true;
    if (trailers.length > 0) this.#grpcStatus = findHeader(trailers, "grpc-status") ?? "";
    this.#stream.end(trailers);
    if (this.body.hasEnded) return this.#end();
    // One direction of a tunnel has ended; the other goes on.
    if (this.#isTunnel) return;
    // Answered early: the upstream need not wait for the rest.
    this.#attempt!.upstream.cancel();
    this.#end();
  }

  failed(failure: Failure): void {
    if (this.#state !== "answering") return this.#retryAfter(failure);
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
    const at = pickTwo(forwarding.endpoints, nowMs, this.#tools.random, this.#failed?.endpoints);
    this.#series = forwarding.seriesFor(at);
    this.#series.began();
    if (at < 0) return this.#answer(NO_ENDPOINT);
    const endpoint = forwarding.endpoints[at]!;
    this.#attempt = new Attempt(this, endpoint, forwarding.headersFor(at));
    const pool = endpoint.poolFor(this.#head);
    const connection = pool.take();
    if (connection) return this.#open(connection);
    this.#state = "connecting";
    this.body.hold();
    if (pool.wait(this)) return;
    this.#attempt.ended();
    this.#answer(OVERFLOW);
  }

  #open(connection: UpstreamConnection): void {
    this.#state = "open";
    const upstream = this.#attempt!.open(connection, this.#head, this.#tools.clock.nowMs());
    this.body.sendTo(upstream);
  }

  #retryAfter(failure: Failure): void {
    const attempt = this.#attempt!;
    attempt.answered(this.#tools.clock.nowMs(), true);
    attempt.ended();
    const isSafe = mayRetry(failure, this.#head) && !this.body.isStarted;
    if (!isSafe || !this.#tools.budget.take()) return this.#answer(failure);
    this.#tryAnother(attempt.endpoint, failure, false);
  }

  // Connections are shared by those that wait for them, so trying another costs no budget; patience
  // and the number of attempts bound it.
  #tryAnother(endpoint: Endpoint, failure: Failure, isConnecting: boolean): void {
    this.#failed ??= new FailedTries();
    this.#failed.add(endpoint);
    const { count } = this.#failed;
    const { attemptsMax, connectPatienceMs } = this.#tools.limits.current;
    if (count >= attemptsMax || this.ageMs > connectPatienceMs) {
      return this.#answer(failure);
    }
    this.#series.retried();
    this.#attempt = undefined;
    this.body.hold();
    if (!isConnecting || !this.#failed.hasAll(this.#forwarding!.endpoints)) return this.#try();
    this.#failed.forgive();
    this.#state = "pausing";
    this.#pause = new Deadline(() => this.#try());
    this.#tools.deadlines.set(this.#pause, retryPauseMs(count));
  }

  // ---- ending -----------------------------------------------------------------------------------

  #answer(failure: Failure): void {
    const { isForOutside = false } = this.#tools;
    const told = isForOutside ? forStrangers(failure) : failure;
    const rule = isForOutside ? "" : (this.#forwarding?.rule ?? "");
    const answered = answer(this.#stream, this.#head, told, { rule });
    this.#status = answered.status;
    this.#grpcStatus = answered.grpcStatus;
    this.#answeredAfterMs = this.ageMs;
    this.#finish(failure.code);
  }

  // ---- time -------------------------------------------------------------------------------------

  protected override get phase(): Phase {
    if (!this.#isTunnel) return this.#state === "answering" ? "answering" : "asking";
    return this.#answerEnded || this.body.hasEnded ? "half-closed" : "tunnel";
  }

  // It has taken too long, whatever it is doing.
  protected override expire(failure: Failure): void {
    if (this.#state === "open" && failure.side !== "downstream") {
      this.#attempt!.answered(this.#tools.clock.nowMs(), true);
    }
    this.#leave();
    if (this.#state === "answering") this.#breakOff(failure);
    else this.#answer(failure);
  }

  // The answer has begun and can't be finished.
  #breakOff(failure: Failure): void {
    this.#stream.reset(failure);
    this.#finish(failure.code);
  }

  // Gives up whatever it has, or waits for.
  #leave(): void {
    if (this.#attempt) return this.#attempt.cancel(this.#head);
    if (this.#state === "pausing") this.#tools.deadlines.clear(this.#pause!);
    // No series has it now.
    this.#series.began();
  }

  #end(): void {
    this.#attempt!.ended();
    this.#finish("");
  }

  #finish(cause: string): void {
    const durationMs = this.ageMs;
    this.#state = "over";
    this.stopTime();
    this.body.abandon();
    this.#series.ended(
      this.#status,
      cause,
      durationMs,
      this.#answeredAfterMs ?? durationMs,
      this.body.bytes,
      this.#responseBytes,
      this.#grpcStatus,
    );
    this.#tools.budget.noteRequest();
  }
}
