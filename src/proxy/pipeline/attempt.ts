// Hot path.
//
// One try of an exchange at one endpoint: what the try costs the endpoint, and what the upstream
// codec tells, in the words of the exchange. An attempt that was given up says nothing more (the
// codec sees to it).

import type { BoundShape } from "#decision/bound-shape.ts";
import type {
  ExchangeEvents,
  UpstreamConnection,
  UpstreamStream,
} from "#proxy/exchange/exchange.ts";
import type { Failure } from "#proxy/exchange/failure.ts";
import type { Headers, RequestHead, ResponseHead } from "#proxy/exchange/heads.ts";
import type { Endpoint } from "./endpoint.ts";
import type { Exchange } from "./exchange.ts";
import { answerHeaders } from "./header-edits.ts";
import { joinedHeaders } from "./joined-headers.ts";
import { shapeAnswer, shapeRequest } from "./shape-request.ts";
import { METHOD_HEADER, methodToTell } from "./upgrade-method.ts";

// In place of a status.
export const NO_ANSWER = 0;

export class Attempt implements ExchangeEvents {
  readonly endpoint: Endpoint;
  readonly #exchange: Exchange;
  readonly #extra: Headers;
  readonly #shape: BoundShape | undefined;
  readonly #told: Headers | undefined;
  #asked: Headers = [];
  #upstream: UpstreamStream | undefined;
  // -1: not yet.
  sentMs = -1;
  #isAwaited = false;

  // `extra`: what the request carries for this endpoint besides its own headers. `shape`: what the
  // route changes. `told`: what the answer carries besides its own headers.
  constructor(
    exchange: Exchange,
    endpoint: Endpoint,
    extra: Headers,
    shape?: BoundShape,
    told?: Headers,
  ) {
    this.#told = told;
    this.endpoint = endpoint;
    this.#exchange = exchange;
    this.#extra = extra;
    this.#shape = shape;
    endpoint.load.began();
  }

  // ---- by the exchange --------------------------------------------------------------------------

  open(connection: UpstreamConnection, head: RequestHead, nowMs: number): UpstreamStream {
    this.sentMs = nowMs;
    this.#isAwaited = true;
    this.endpoint.load.sent(nowMs);
    this.#upstream = connection.open(this.#headOf(head), this);
    return this.#upstream;
  }

  // Only while it is open.
  get upstream(): UpstreamStream {
    return this.#upstream!;
  }

  // The head of the answer is here, or none will come.
  answered(nowMs: number, status: number): void {
    const hasFailed = status === NO_ANSWER || status >= 500;
    this.#settle();
    this.endpoint.load.answered(nowMs, nowMs - this.sentMs, hasFailed);
    this.endpoint.health?.answered(nowMs, status);
  }

  // Not even a connection.
  unreachable(nowMs: number): void {
    this.endpoint.load.connectFailed(nowMs);
    this.endpoint.health?.answered(nowMs, NO_ANSWER);
  }

  // Gives it up, be it open or still waiting for a connection.
  cancel(head: RequestHead, nowMs: number): void {
    if (this.#isAwaited) this.endpoint.load.givenUp(nowMs, nowMs - this.sentMs);
    if (this.#upstream) this.#upstream.cancel();
    else this.endpoint.poolFor(head).forget(this.#exchange);
    this.ended();
  }

  // Once, if it isn't cancelled.
  ended(): void {
    this.#settle();
    this.endpoint.load.ended();
  }

  #settle(): void {
    if (!this.#isAwaited) return;
    this.#isAwaited = false;
    this.endpoint.load.settled();
  }

  // The request as this endpoint gets it.
  #headOf(asked: RequestHead): RequestHead {
    const head = this.#shape === undefined ? asked : shapeRequest(asked, this.#shape);
    this.#asked = asked.headers;
    const method = this.endpoint.isMesh ? methodToTell(head) : "";
    if (this.#extra.length === 0 && method === "") return head;
    const headers = joinedHeaders(head.headers, this.#extra);
    if (method !== "") headers.push(METHOD_HEADER, method);
    return { ...head, headers };
  }

  // ---- by the codec -----------------------------------------------------------------------------

  inform(head: ResponseHead): void {
    this.#exchange.informed(head);
  }

  head(head: ResponseHead): void {
    const own = answerHeaders(head.headers, this.endpoint.isMesh);
    const headers = this.#told === undefined ? own : joinedHeaders(own, this.#told);
    const shape = this.#shape;
    if (shape === undefined) return this.#exchange.answered(head, headers);
    this.#exchange.answered(head, shapeAnswer(headers, shape, this.#asked));
  }

  data(chunk: Uint8Array): void {
    this.#exchange.received(chunk);
  }

  end(trailers: Headers): void {
    this.#exchange.completed(trailers);
  }

  fail(failure: Failure): void {
    this.#exchange.failed(failure);
  }

  drained(): void {
    this.#exchange.writable();
  }
}
