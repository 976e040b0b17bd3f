// Hot path.
//
// What one authenticated proxy of the mesh brings: for which port of our workload, and on whose
// behalf. The peer's identity comes from its certificate; its `weft-` headers are believed since
// its proxy wrote them.

import type { DownstreamStream, RequestAcceptor, RequestEvents } from "#proxy/exchange/exchange.ts";
import type { Failure } from "#proxy/exchange/failure.ts";
import { findHeader } from "#proxy/exchange/find-header.ts";
import type { RequestHead, ResponseHead } from "#proxy/exchange/heads.ts";
import type { InboundPlan, InboundPortPlan } from "#snapshot/plan.ts";
import { isGrpc } from "./answer.ts";
import type { ApplicationPorts } from "./application.ts";
import type { SeriesOf } from "./destination.ts";
import { Exchange } from "./exchange.ts";
import type { ExchangeTools } from "./exchange-tools.ts";
import { forwardable, Noted } from "./header-edits.ts";
import { InboundForwardings } from "./inbound-forwardings.ts";
import { isPlainTunnel } from "./is-plain-tunnel.ts";
import type { ProtocolAsked } from "./plain-port.ts";
import { OVERLOADED, PORT_UNKNOWN } from "./proxy-failures.ts";
import { refuseUnread } from "./refuse-unread.ts";
import type { UndeclaredPorts } from "./undeclared-ports.ts";
import { methodAsked } from "./upgrade-method.ts";

export type InboundOptions = {
  readonly tools: ExchangeTools;
  readonly application: ApplicationPorts;
  readonly undeclared: UndeclaredPorts;
  // The inbound plan in force.
  readonly plan: () => InboundPlan | undefined;
  readonly identity: () => string; // ours
  readonly address: string; // where peers reach us
  readonly seriesOf: SeriesOf;
};

// The identity is "" for who shows none.
export type Peer = { readonly identity: string; readonly address: string };

export class InboundAcceptor implements RequestAcceptor {
  readonly #options: InboundOptions;
  readonly #peer: Peer;
  readonly #clientCert: string;
  readonly #noted = new Noted();
  readonly #forwardings: InboundForwardings;

  constructor(options: InboundOptions, peer: Peer) {
    this.#options = options;
    this.#peer = peer;
    this.#clientCert = `By=${options.identity()};URI=${peer.identity}`;
    this.#forwardings = new InboundForwardings(options, peer);
  }

  // Authorised against the plan in force now, at the exchange's start.
  request(head: RequestHead, stream: DownstreamStream): RequestEvents {
    const noted = this.#noted;
    const headers = forwardable(head.headers, noted);
    headers.push("x-forwarded-client-cert", this.#clientCert);
    const { forwardedFor } = noted;
    headers.push(
      "x-forwarded-for",
      forwardedFor === "" ? this.#peer.address : `${forwardedFor}, ${this.#peer.address}`,
    );
    const method = methodAsked(head, noted.weftMethod);
    const exchange = new Exchange(this.#options.tools, { ...head, method, headers }, stream);
    if (this.#options.tools.overload.isRefusing) {
      exchange.refuse(OVERLOADED);
      return exchange;
    }
    const plan = this.#options.plan();
    const port = plan && this.#portOf(plan, noted.weftPort, isPlainTunnel(head));
    if (!port) exchange.refuse(PORT_UNKNOWN);
    else {
      const asked = protocolAsked(port, noted, headers);
      exchange.start(this.#forwardings.of(plan, port, noted.weftSource, asked));
    }
    return exchange;
  }

  // Whether the plan in force now takes what another one has taken.
  allows(head: RequestHead): boolean {
    const plan = this.#options.plan();
    const port = findHeader(head.headers, "weft-port") ?? "";
    return plan !== undefined && this.#portOf(plan, port, isPlainTunnel(head)) !== undefined;
  }

  refuse(failure: Failure): ResponseHead {
    return refuseUnread(this.#options.tools, failure);
  }

  // A raw tunnel may go to any declared port, a request only to one that speaks HTTP.
  #portOf(plan: InboundPlan, port: string, isRaw: boolean): InboundPortPlan | undefined {
    for (let i = 0; i < plan.ports.length; i++) {
      const declared = plan.ports[i]!;
      if (String(declared.port) !== port) continue;
      return isRaw || declared.protocol !== "tcp" ? declared : undefined;
    }
    return plan.takesAnyPort ? this.#options.undeclared.of(Number(port)) : undefined;
  }
}

// An application of which nobody declares what it speaks is spoken to as its caller speaks; gRPC
// (whose calls take trailers) is HTTP/2, whatever is declared.
function protocolAsked(
  { protocol }: InboundPortPlan,
  noted: Noted,
  headers: readonly string[],
): ProtocolAsked {
  if (protocol === "http" && noted.takesTrailers && isGrpc(headers)) return "http2-first";
  if (protocol !== "detect") return protocol;
  return noted.weftSpoken === "http2" || isGrpc(headers) ? "http2-first" : protocol;
}
