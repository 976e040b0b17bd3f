// A connection of the application to a TCP dependency: one tunnel to what its listener stands for.
//
// Such a listener can't ask for the workload's secret, since bytes have no place for one: whoever
// runs as the same user on this machine can use it. The documentation's threat model says so.

import type { DownstreamStream, RequestAcceptor, RequestEvents } from "#proxy/exchange/exchange.ts";
import type { Failure } from "#proxy/exchange/failure.ts";
import type { RequestHead, ResponseHead } from "#proxy/exchange/heads.ts";
import { refusal } from "./answer.ts";
import { Exchange } from "./exchange.ts";
import type { ExchangeTools } from "./exchange-tools.ts";
import type { OutboundRouter } from "./outbound-router.ts";
import { OVERLOADED } from "./proxy-failures.ts";

export class TcpAcceptor implements RequestAcceptor {
  readonly #tools: ExchangeTools;
  readonly #router: OutboundRouter;
  readonly #serverName: string | undefined;

  // `serverName`: what the connection's ClientHello names, where that was read.
  constructor(tools: ExchangeTools, router: OutboundRouter, serverName?: string) {
    this.#serverName = serverName;
    this.#tools = tools;
    this.#router = router;
  }

  request(asked: RequestHead, stream: DownstreamStream): RequestEvents {
    const serverName = this.#serverName;
    const head = serverName === undefined ? asked : { ...asked, serverName };
    const exchange = new Exchange(this.#tools, head, stream);
    if (this.#tools.overload.isRefusing) exchange.refuse(OVERLOADED);
    else this.#router.decide(exchange, head);
    return exchange;
  }

  refuse(failure: Failure): ResponseHead {
    return refusal(failure);
  }
}
