// Hot path.
//
// What one intercepted connection of the application asks for. Which plan decides the address says
// that it dialled, or, where no document declares that, the host outside that it names; its host
// chooses among the plan's routes and is passed on as it is.

import { isIP } from "node:net";
import type { DownstreamStream, RequestAcceptor, RequestEvents } from "#proxy/exchange/exchange.ts";
import type { Failure } from "#proxy/exchange/failure.ts";
import type { RequestHead, ResponseHead } from "#proxy/exchange/heads.ts";
import { keepToDeadline } from "#proxy/pipeline/call-deadline.ts";
import { Exchange } from "#proxy/pipeline/exchange.ts";
import type { ExchangeTools } from "#proxy/pipeline/exchange-tools.ts";
import { authorityHost } from "#proxy/pipeline/gateway/authority-host.ts";
import { forwardable, Noted } from "#proxy/pipeline/header-edits.ts";
import { isPlainTunnel } from "#proxy/pipeline/is-plain-tunnel.ts";
import type { OutboundRouter } from "#proxy/pipeline/outbound-router.ts";
import { CONNECT_UNSUPPORTED, OVERLOADED } from "#proxy/pipeline/proxy-failures.ts";
import { pushIds } from "#proxy/pipeline/push-ids.ts";
import { refuseUnread } from "#proxy/pipeline/refuse-unread.ts";

export type InterceptedOptions = {
  readonly tools: ExchangeTools;
  readonly router: OutboundRouter;
};

export class InterceptedAcceptor implements RequestAcceptor {
  readonly #options: InterceptedOptions;
  readonly #noted = new Noted();
  readonly #key: string;
  readonly #isHttp2: boolean;
  // The last host that was asked for, and what it means here: connections ask for the same again.
  #authority = "";
  #hostKey = "";
  // Requests so far; for whoever wants to know if the connection is in use.
  begun = 0;
  // The connection, when the next request on it shall be its last.
  #leaving: { drain(): void } | undefined;

  // `key`: the address that was dialled, "10.0.0.7:9080".
  constructor(options: InterceptedOptions, key: string, isHttp2: boolean) {
    this.#options = options;
    this.#key = key;
    this.#isHttp2 = isHttp2;
  }

  request(head: RequestHead, stream: DownstreamStream): RequestEvents {
    const { tools, router } = this.#options;
    this.begun++;
    this.#leaving?.drain();
    const inner = this.#headWithin(head);
    const exchange = new Exchange(tools, inner, stream);
    keepToDeadline(exchange, this.#noted.grpcTimeout, inner.headers);
    // To whoever is dialled, if he is a proxy; its bytes never get here as a request's.
    if (isPlainTunnel(head)) exchange.refuse(CONNECT_UNSUPPORTED);
    else if (tools.overload.isRefusing) exchange.refuse(OVERLOADED);
    else {
      const hostKey = this.#hostKeyOf(head.authority);
      router.decideByAddress(exchange, inner, this.#key, hostKey, this.#isHttp2);
    }
    return exchange;
  }

  refuse(failure: Failure): ResponseHead {
    return refuseUnread(this.#options.tools, failure);
  }

  retire(connection: { drain(): void }): void {
    this.#leaving = connection;
  }

  #hostKeyOf(authority: string): string {
    if (authority === this.#authority) return this.#hostKey;
    const host = authorityHost(authority);
    const isName = host.includes(".") && isIP(host) === 0;
    this.#authority = authority;
    this.#hostKey = isName ? host + this.#key.slice(this.#key.lastIndexOf(":")) : "";
    return this.#hostKey;
  }

  #headWithin(head: RequestHead): RequestHead {
    const noted = this.#noted;
    const headers = forwardable(head.headers, noted);
    pushIds(headers, noted, head.path, this.#options.tools);
    // It tells about the application's own caller; the inbound side adds ours.
    const { forwardedFor } = noted;
    if (forwardedFor !== "") headers.push("x-forwarded-for", forwardedFor);
    if (!noted.forwardedProto) headers.push("x-forwarded-proto", head.scheme);
    // HTTP/1.0 need not name a host.
    return { ...head, authority: head.authority || this.#key, headers };
  }
}
