// Bytes of somebody who shows no certificate, for one port of the application.

import type { DownstreamStream, RequestAcceptor, RequestEvents } from "#proxy/exchange/exchange.ts";
import type { Failure } from "#proxy/exchange/failure.ts";
import type { RequestHead, ResponseHead } from "#proxy/exchange/heads.ts";
import { refusal } from "#proxy/pipeline/answer.ts";
import { Exchange } from "#proxy/pipeline/exchange.ts";
import type { ExchangeTools } from "#proxy/pipeline/exchange-tools.ts";
import type { PlaintextPort } from "./plaintext-port.ts";

export class PlaintextTunnels implements RequestAcceptor {
  readonly #tools: ExchangeTools;
  readonly #port: PlaintextPort;

  constructor(tools: ExchangeTools, port: PlaintextPort) {
    this.#tools = tools;
    this.#port = port;
  }

  request(head: RequestHead, stream: DownstreamStream): RequestEvents {
    const exchange = new Exchange(this.#tools, head, stream);
    this.#port.start(exchange, false);
    return exchange;
  }

  refuse(failure: Failure): ResponseHead {
    return refusal(failure);
  }
}
