// Hot path.
//
// Requests of somebody who shows no certificate: nothing that they say of anybody is believed.

import type { DownstreamStream, RequestAcceptor, RequestEvents } from "#proxy/exchange/exchange.ts";
import type { Failure } from "#proxy/exchange/failure.ts";
import type { RequestHead, ResponseHead } from "#proxy/exchange/heads.ts";
import { Exchange } from "#proxy/pipeline/exchange.ts";
import { forwardable, Noted } from "#proxy/pipeline/header-edits.ts";
import type { InboundOptions } from "#proxy/pipeline/inbound-acceptor.ts";
import { isPlainTunnel } from "#proxy/pipeline/is-plain-tunnel.ts";
import { CONNECT_UNSUPPORTED } from "#proxy/pipeline/proxy-failures.ts";
import { pushIds } from "#proxy/pipeline/push-ids.ts";
import { refuseUnread } from "#proxy/pipeline/refuse-unread.ts";
import type { PlaintextPort } from "./plaintext-port.ts";

export type PlaintextOptions = { readonly inbound: InboundOptions };

export class PlaintextAcceptor implements RequestAcceptor {
  readonly #options: PlaintextOptions;
  readonly #port: PlaintextPort;
  readonly #isHttp2: boolean;
  readonly #noted = new Noted();
  // Requests so far; for whoever wants to know if the connection is in use.
  begun = 0;
  // The connection, when the next request on it shall be its last.
  #leaving: { drain(): void } | undefined;

  constructor(options: PlaintextOptions, port: PlaintextPort, isHttp2: boolean) {
    this.#options = options;
    this.#port = port;
    this.#isHttp2 = isHttp2;
  }

  // Permitted by the plan in force now, at the exchange's start.
  request(head: RequestHead, stream: DownstreamStream): RequestEvents {
    this.begun++;
    this.#leaving?.drain();
    const exchange = new Exchange(this.#options.inbound.tools, this.#headWithin(head), stream);
    if (isPlainTunnel(head)) exchange.refuse(CONNECT_UNSUPPORTED);
    else this.#port.start(exchange, this.#isHttp2);
    return exchange;
  }

  refuse(failure: Failure): ResponseHead {
    return refuseUnread(this.#options.inbound.tools, failure);
  }

  retire(connection: { drain(): void }): void {
    this.#leaving = connection;
  }

  #headWithin(head: RequestHead): RequestHead {
    const noted = this.#noted;
    const { address } = this.#port;
    const headers = forwardable(head.headers, noted);
    pushIds(headers, noted, head.path, this.#options.inbound.tools);
    const { forwardedFor } = noted;
    headers.push("x-forwarded-for", forwardedFor === "" ? address : `${forwardedFor}, ${address}`);
    if (!noted.forwardedProto) headers.push("x-forwarded-proto", head.scheme);
    return { ...head, headers };
  }
}
