// Hot path.
//
// One request on its way: pick -> connect -> forward -> record, with retries in between. The same
// for outbound (to an endpoint's proxy) and inbound (to the application): only what it forwards to
// differs.
//
//   awaiting -> connecting -> open -> answering -> over
//      (plan)     (slot)        \-> connecting (retry)

import { Deadline } from "#base/deadlines.ts";
import { LIMITS } from "#base/limits.ts";
import { pickTwo } from "#proxy/balancing/pick-two.ts";
import { ANSWERS } from "#proxy/exchange/answers.ts";
import type { Waiter } from "#proxy/exchange/connection-pool.ts";
import type {
  DownstreamStream,
  RequestEvents,
  UpstreamConnection,
  UpstreamStream,
} from "#proxy/exchange/exchange.ts";
import type { Failure } from "#proxy/exchange/failure.ts";
import type { Headers, RequestHead, ResponseHead } from "#proxy/exchange/heads.ts";
import { opensTunnel } from "#proxy/exchange/heads.ts";
import { mayRetry } from "#proxy/resilience/may-retry.ts";
import { answer } from "./answer.ts";
import { Attempt } from "./attempt.ts";
import type { Endpoint, Forwarding, Series } from "./endpoint.ts";
import type { ExchangeTools } from "./exchange-tools.ts";
import { findHeader } from "./header-edits.ts";
import { NO_ENDPOINT, OVERFLOW, UNSEEN } from "./proxy-failures.ts";
import { RequestBody } from "./request-body.ts";
import { retryPauseMs } from "./retry-pause.ts";
import { unseenByApplication } from "./unseen.ts";

type State = "awaiting" | "connecting" | "pausing" | "open" | "answering" | "over";

export class Exchange implements RequestEvents, Waiter {
  readonly #tools: ExchangeTools;
  readonly #head: RequestHead;
  readonly #stream: DownstreamStream;
  readonly #body: RequestBody;
  readonly #startedMs: number;
  #state: State = "awaiting";
  #forwarding: Forwarding | undefined;
  #series: Series;
  #endpoint: Endpoint | undefined;
  #upstream: UpstreamStream | undefined;
  #attempt: Attempt | undefined;
  #attempts = 0;
  #tried: Endpoint[] | undefined;
  #pause: Deadline | undefined;
  #isTunnel = false;
  #answerEnded = false;
  #status = 0;
  #grpcStatus = "";
  #sentMs = 0;
  #firstByteMs = 0;
  #responseBytes = 0;

  constructor(tools: ExchangeTools, head: RequestHead, stream: DownstreamStream) {
    this.#tools = tools;
    this.#head = head;
    this.#stream = stream;
    this.#body = new RequestBody(stream, head);
    this.#series = tools.unrouted;
    this.#startedMs = tools.clock.nowMs();
  }

  // ---- by the acceptor --------------------------------------------------------------------------

  get ageMs(): number {
    return this.#tools.clock.nowMs() - this.#startedMs;
  }

  // The decision is not made yet: the body has to wait.
  hold(): void {
    this.#body.hold();
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
    this.#body.data(chunk);
  }

  end(trailers: Headers): void {
    this.#body.end(trailers);
    if (this.#isTunnel && this.#answerEnded) this.#end();
  }

  // The asker is gone: nobody is to answer.
  fail(failure: Failure): void {
    if (this.#state === "over") return;
    switch (this.#state) {
      case "connecting":
        this.#endpoint!.poolFor(this.#head).forget(this);
        this.#endpoint!.load.ended();
        break;
      case "open":
      case "answering":
        this.#endpoint!.load.ended();
        this.#upstream!.cancel();
        break;
      case "pausing":
        this.#tools.deadlines.clear(this.#pause!);
        this.#series.began();
        break;
      default:
        // It never got as far as a series of its own.
        this.#series.began();
    }
    if (this.#status === 0) this.#status = ANSWERS[failure.code].status;
    this.#finish(failure.code);
  }

  drained(): void {
    if (this.#state === "answering") this.#upstream!.resume();
  }

  // ---- from the pool ----------------------------------------------------------------------------

  slotReady(connection: UpstreamConnection): void {
    this.#open(connection);
  }

  slotFailed(failure: Failure): void {
    const endpoint = this.#endpoint!;
    endpoint.load.connectFailed(this.#tools.clock.nowMs());
    endpoint.load.ended();
    this.#tryAnother(endpoint, failure, true);
  }

  // ---- from upstream, by the current attempt ----------------------------------------------------

  informed(head: ResponseHead): void {
    this.#stream.inform(head);
  }

  answered(head: ResponseHead, headers: Headers): void {
    const nowMs = this.#tools.clock.nowMs();
    const { upstreamIsMesh } = this.#tools;
    if (upstreamIsMesh && unseenByApplication(head) && this.#maySendAgain()) {
      this.#upstream!.cancel();
      return this.#retryAfter(UNSEEN);
    }
    this.#state = "answering";
    this.#isTunnel = opensTunnel(this.#head, head);
    this.#status = head.status;
    // A trailers-only answer.
    this.#grpcStatus = findHeader(head.headers, "grpc-status") ?? "";
    this.#firstByteMs = nowMs;
    this.#endpoint!.load.answered(nowMs, nowMs - this.#sentMs, head.status >= 500);
    this.#stream.respond(headers === head.headers ? head : { ...head, headers });
  }

  received(chunk: Uint8Array): void {
    this.#responseBytes += chunk.length;
    if (!this.#stream.write(chunk)) this.#upstream!.pause();
  }

  completed(trailers: Headers): void {
    this.#answerEnded = true;
    if (trailers.length > 0) this.#grpcStatus = findHeader(trailers, "grpc-status") ?? "";
    this.#stream.end(trailers);
    if (this.#body.hasEnded) return this.#end();
    // One direction of a tunnel has ended; the other goes on.
    if (this.#isTunnel) return;
    // Answered early: the upstream need not wait for the rest.
    this.#upstream!.cancel();
    this.#end();
  }

  failed(failure: Failure): void {
    if (this.#state === "answering") {
      this.#endpoint!.load.ended();
      this.#stream.reset(failure);
      return this.#finish(failure.code);
    }
    this.#retryAfter(failure);
  }

  writable(): void {
    this.#body.resume();
  }

  // ---- trying -----------------------------------------------------------------------------------

  #try(): void {
    const forwarding = this.#forwarding!;
    const nowMs = this.#tools.clock.nowMs();
    const at = pickTwo(forwarding.endpoints, nowMs, this.#tools.random, this.#tried);
    this.#series = forwarding.seriesFor(at);
    this.#series.began();
    if (at < 0) return this.#answer(NO_ENDPOINT);
    const endpoint = forwarding.endpoints[at]!;
    endpoint.load.began();
    this.#endpoint = endpoint;
    this.#attempt = new Attempt(this, forwarding.headersFor(at), this.#tools.upstreamIsMesh);
    this.#attempts++;
    const pool = endpoint.poolFor(this.#head);
    const connection = pool.take();
    if (connection) return this.#open(connection);
    this.#state = "connecting";
    this.#body.hold();
    if (pool.wait(this)) return;
    endpoint.load.ended();
    this.#answer(OVERFLOW);
  }

  #open(connection: UpstreamConnection): void {
    this.#state = "open";
    this.#sentMs = this.#tools.clock.nowMs();
    this.#upstream = connection.open(this.#attempt!.headOf(this.#head), this.#attempt!);
    this.#body.sendTo(this.#upstream);
  }

  #retryAfter(failure: Failure): void {
    const endpoint = this.#endpoint!;
    const nowMs = this.#tools.clock.nowMs();
    endpoint.load.answered(nowMs, nowMs - this.#sentMs, true);
    endpoint.load.ended();
    this.#upstream = undefined;
    const isSafe = mayRetry(failure, this.#head) && !this.#body.isStarted;
    if (!isSafe || !this.#tools.budget.take()) return this.#answer(failure);
    this.#tryAnother(endpoint, failure, false);
  }

  // Connections are shared by those that wait for them, so trying another costs no budget; patience
  // and the number of attempts bound it.
  #tryAnother(endpoint: Endpoint, failure: Failure, isConnecting: boolean): void {
    const elapsedMs = this.#tools.clock.nowMs() - this.#startedMs;
    if (this.#attempts >= LIMITS.attemptsMax || elapsedMs > LIMITS.connectPatienceMs) {
      return this.#answer(failure);
    }
    this.#series.retried();
    this.#attempt = undefined;
    this.#body.hold();
    this.#tried ??= [];
    this.#tried.push(endpoint);
    const hasOthers = this.#forwarding!.endpoints.some((other) => !this.#tried!.includes(other));
    if (hasOthers || !isConnecting) return this.#try();
    this.#tried = undefined;
    this.#state = "pausing";
    this.#pause = new Deadline(() => this.#try());
    this.#tools.deadlines.set(this.#pause, retryPauseMs(this.#attempts));
  }

  #maySendAgain(): boolean {
    return !this.#body.isStarted && this.#attempts < LIMITS.attemptsMax;
  }

  // ---- ending -----------------------------------------------------------------------------------

  #answer(failure: Failure): void {
    const rule = this.#forwarding?.rule ?? "";
    const answered = answer(this.#stream, this.#head, failure, { rule });
    this.#status = answered.status;
    this.#grpcStatus = answered.grpcStatus;
    this.#firstByteMs = this.#tools.clock.nowMs();
    this.#finish(failure.code);
  }

  // Both directions have ended well.
  #end(): void {
    this.#endpoint!.load.ended();
    this.#finish("");
  }

  #finish(cause: string): void {
    const nowMs = this.#tools.clock.nowMs();
    const firstByteMs = this.#firstByteMs === 0 ? nowMs : this.#firstByteMs;
    this.#state = "over";
    this.#body.abandon();
    this.#series.ended(
      this.#status,
      cause,
      nowMs - this.#startedMs,
      firstByteMs - this.#startedMs,
      this.#body.bytes,
      this.#responseBytes,
      this.#grpcStatus,
    );
    this.#tools.budget.noteRequest();
  }
}
