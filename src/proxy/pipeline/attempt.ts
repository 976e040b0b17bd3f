// Hot path.
//
// One try of an exchange at one endpoint: turns what the upstream codec tells into what the
// exchange understands. An attempt that was given up says nothing more (the codec sees to it).

import type { ExchangeEvents } from "#proxy/exchange/exchange.ts";
import type { Failure } from "#proxy/exchange/failure.ts";
import type { Headers, RequestHead, ResponseHead } from "#proxy/exchange/heads.ts";
import type { Exchange } from "./exchange.ts";
import { answerHeaders } from "./header-edits.ts";

export class Attempt implements ExchangeEvents {
  readonly #extra: Headers;
  readonly #exchange: Exchange;
  readonly #upstreamIsMesh: boolean;

  constructor(exchange: Exchange, extra: Headers, upstreamIsMesh: boolean) {
    this.#exchange = exchange;
    this.#extra = extra;
    this.#upstreamIsMesh = upstreamIsMesh;
  }

  // The request as this endpoint gets it.
  headOf(head: RequestHead): RequestHead {
    return this.#extra.length === 0 ? head : { ...head, headers: head.headers.concat(this.#extra) };
  }

  inform(head: ResponseHead): void {
    this.#exchange.informed(head);
  }

  head(head: ResponseHead): void {
    this.#exchange.answered(head, answerHeaders(head.headers, this.#upstreamIsMesh));
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
