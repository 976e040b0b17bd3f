// Hot path.
//
// What is counted of an exchange, and where; and what the proxy itself answers.

import type { BoundReply } from "#decision/bound-shape.ts";
import type { DownstreamStream } from "#proxy/exchange/exchange.ts";
import type { Failure } from "#proxy/exchange/failure.ts";
import { findHeader } from "#proxy/exchange/find-header.ts";
import type { Headers, RequestHead, ResponseHead } from "#proxy/exchange/heads.ts";
import { DELAYED } from "#proxy/telemetry/delayed.ts";
import type { Exemplar } from "#proxy/telemetry/outcome.ts";
import { answer } from "./answer.ts";
import type { Series } from "./endpoint.ts";
import type { ExchangeTools } from "./exchange-tools.ts";
import { forStrangers } from "./for-strangers.ts";
import { grpcOutcome } from "./grpc-outcome.ts";
import { isPlainTunnel } from "./is-plain-tunnel.ts";
import { reply } from "./reply.ts";
import type { RequestBody } from "./request-body.ts";
import { TimedExchange } from "./timed-exchange.ts";

export abstract class CountedExchange extends TimedExchange {
  protected readonly stream: DownstreamStream;
  protected series: Series;
  status = 0;
  protected responseBytes = 0;
  readonly #isForOutside: boolean;
  readonly #isNamed: boolean;
  grpcStatus = "";
  // Once it is counted. The cause is "" where the application answered, without a delay of ours.
  durationMs = 0;
  cause = "";
  #answeredAfterMs: number | undefined;
  readonly #tools: ExchangeTools;
  #isTunnel = false;
  #bytesReceivedTold = 0;
  #bytesSentTold = 0;

  constructor(tools: ExchangeTools, body: RequestBody, stream: DownstreamStream) {
    super(tools, body);
    this.stream = stream;
    this.#tools = tools;
    this.series = tools.unrouted;
    this.#isForOutside = tools.isForOutside ?? false;
    this.#isNamed = tools.recorder !== undefined;
  }

  protected countIn(series: Series, head: RequestHead): void {
    this.#isTunnel = isPlainTunnel(head);
    this.series = this.#isTunnel ? (series.tunnels ?? series) : series;
  }

  override tick(): void {
    if (this.#isTunnel) this.#tellBytes();
    super.tick();
  }

  // `rule` is told to peers of the mesh; "" for none.
  protected tell(request: RequestHead, failure: Failure, rule: string): void {
    const isForOutside = this.#isForOutside;
    const told = isForOutside ? forStrangers(failure) : failure;
    const options = { rule: isForOutside ? "" : rule, isNamed: this.#isNamed };
    const answered = answer(this.stream, request, told, options);
    this.status = answered.status;
    this.grpcStatus = answered.grpcStatus;
    this.#answeredAfterMs = this.ageMs;
  }

  // As a document says.
  protected replyWith(request: RequestHead, bound: BoundReply, series: Series): void {
    this.series = series;
    series.began();
    reply(this.stream, request, bound, this.#isNamed);
    this.status = bound.status;
    this.#answeredAfterMs = this.ageMs;
  }

  protected noteAnswer({ status, headers }: ResponseHead, nowMs: number): void {
    this.status = status;
    // A trailers-only answer.
    this.grpcStatus = findHeader(headers, "grpc-status") ?? "";
    this.#answeredAfterMs = nowMs - this.startedMs;
  }

  // As the endpoint's health counts it.
  protected get outcome(): number {
    return this.grpcStatus === "" ? this.status : grpcOutcome(this.grpcStatus);
  }

  protected noteTrailers(trailers: Headers): void {
    if (trailers.length > 0) this.grpcStatus = findHeader(trailers, "grpc-status") ?? "";
  }

  get firstByteMs(): number {
    return this.#answeredAfterMs ?? this.durationMs;
  }

  // `cause` is "" where the application answered.
  protected count(cause: string, { headers }: RequestHead): void {
    this.durationMs = this.ageMs;
    this.cause = cause === "" && this.isDelayed ? DELAYED : cause;
    const { durationMs, firstByteMs } = this;
    if (this.#isTunnel) this.#tellBytes();
    const { exemplars } = this.#tools;
    let exemplar: Exemplar | undefined;
    if (exemplars?.wants(this.startedMs)) {
      const trace = findHeader(headers, "traceparent");
      if (trace !== undefined) exemplar = exemplars.take(trace, durationMs, firstByteMs);
    }
    this.series.ended(
      this.status,
      this.cause,
      durationMs,
      firstByteMs,
      this.body.bytes,
      this.responseBytes,
      this.grpcStatus,
      exemplar,
    );
  }

  // What came since it was last told: connections last.
  #tellBytes(): void {
    const received = this.body.bytes - this.#bytesReceivedTold;
    const sent = this.responseBytes - this.#bytesSentTold;
    this.#bytesReceivedTold += received;
    this.#bytesSentTold += sent;
    this.series.moved?.(received, sent);
  }
}
