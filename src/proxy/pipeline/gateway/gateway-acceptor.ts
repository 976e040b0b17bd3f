// Hot path.
//
// What one connection from outside the mesh asks for. Nothing that it says of itself is believed
// but its host, and by that the listener's table says which plan decides.

import type { DownstreamStream, RequestAcceptor, RequestEvents } from "#proxy/exchange/exchange.ts";
import type { Failure } from "#proxy/exchange/failure.ts";
import type { RequestHead, ResponseHead } from "#proxy/exchange/heads.ts";
import { keepToDeadline } from "#proxy/pipeline/call-deadline.ts";
import { Exchange } from "#proxy/pipeline/exchange.ts";
import type { ExchangeTools } from "#proxy/pipeline/exchange-tools.ts";
import { Noted } from "#proxy/pipeline/header-edits.ts";
import type { OutboundRouter } from "#proxy/pipeline/outbound-router.ts";
import {
  CONNECT_UNSUPPORTED,
  HOST_UNKNOWN,
  NAME_UNDERSCORED,
  OVERLOADED,
} from "#proxy/pipeline/proxy-failures.ts";
import { pushIds } from "#proxy/pipeline/push-ids.ts";
import { refuseUnread } from "#proxy/pipeline/refuse-unread.ts";
import { authorityHost } from "./authority-host.ts";
import type { BoundListener } from "./bind-gateway.ts";
import { headersFromOutside, underscoredNames } from "./gateway-headers.ts";

export type GatewayAcceptorOptions = {
  readonly tools: ExchangeTools;
  readonly router: OutboundRouter;
};

// Of the listener that brought the connection, in force now.
export type ListenerSlot = { readonly bound: BoundListener };

export class GatewayAcceptor implements RequestAcceptor {
  readonly #options: GatewayAcceptorOptions;
  readonly #slot: ListenerSlot;
  readonly #address: string;
  readonly #noted = new Noted();
  readonly #isHttp2: boolean;
  // Requests so far; for whoever wants to know if the connection is in use.
  begun = 0;
  // The connection, when the next request on it shall be its last.
  #leaving: { drain(): void } | undefined;
  // What was found last, and where: connections ask for the same host again and again.
  #listener: BoundListener | undefined;
  #authority = "";
  #key: string | undefined;

  // `address` is that of who asks.
  constructor(
    options: GatewayAcceptorOptions,
    slot: ListenerSlot,
    address: string,
    isHttp2: boolean,
  ) {
    this.#isHttp2 = isHttp2;
    this.#options = options;
    this.#slot = slot;
    this.#address = address;
  }

  retire(connection: { drain(): void }): void {
    this.#leaving = connection;
  }

  request(head: RequestHead, stream: DownstreamStream): RequestEvents {
    const { tools, router } = this.#options;
    this.begun++;
    this.#leaving?.drain();
    const inner = this.#headWithin(head);
    const exchange = new Exchange(tools, inner, stream);
    keepToDeadline(exchange, this.#noted.grpcTimeout, inner.headers);
    const key = this.#keyOf(head.authority);
    const { underscoredNamesMax } = tools.limits.current;
    if (underscoredNames(head.headers) > underscoredNamesMax) exchange.refuse(NAME_UNDERSCORED);
    else if (head.method === "CONNECT") exchange.refuse(CONNECT_UNSUPPORTED);
    else if (key === undefined) exchange.refuse(HOST_UNKNOWN);
    else if (tools.overload.isRefusing) exchange.refuse(OVERLOADED);
    else router.decide(exchange, inner, key, this.#isHttp2);
    return exchange;
  }

  refuse(failure: Failure): ResponseHead {
    return refuseUnread(this.#options.tools, failure);
  }

  #headWithin(head: RequestHead): RequestHead {
    const noted = this.#noted;
    const headers = headersFromOutside(head.headers, noted);
    pushIds(headers, noted, head.path, this.#options.tools);
    const { forwardedFor } = noted;
    headers.push(
      "x-forwarded-for",
      forwardedFor === "" ? this.#address : `${forwardedFor}, ${this.#address}`,
    );
    const scheme = this.#slot.bound.certificates ? "https" : "http";
    headers.push("x-forwarded-proto", scheme);
    return { ...head, scheme, headers };
  }

  #keyOf(authority: string): string | undefined {
    const listener = this.#slot.bound;
    if (listener === this.#listener && authority === this.#authority) return this.#key;
    this.#listener = listener;
    this.#authority = authority;
    this.#key = listener.hosts.find(authorityHost(authority))?.key;
    return this.#key;
  }
}
