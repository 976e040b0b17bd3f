// Hot path.
//
// What one connection of the application asks for: who asks, for what, and which route takes it.
// The application dials its own sidecar in one of three forms:
//   a dependency's URL     GET /~secret/reviews.bookshop:9080/reviews/12
//   as an HTTP proxy       GET http://reviews.bookshop:9080/reviews/12 (Proxy-Authorization)
//   through CONNECT        CONNECT reviews.bookshop:9080, then whatever it speaks
// What it proved once on a connection it need not prove by a slow comparison again.

import type { DownstreamStream, RequestAcceptor, RequestEvents } from "#proxy/exchange/exchange.ts";
import type { Failure } from "#proxy/exchange/failure.ts";
import type { RequestHead, ResponseHead } from "#proxy/exchange/heads.ts";
import { keepToDeadline } from "./call-deadline.ts";
import { Exchange } from "./exchange.ts";
import type { ExchangeTools } from "./exchange-tools.ts";
import { isForbiddenKey } from "./forbidden-targets.ts";
import { forwardable, Noted } from "./header-edits.ts";
import type { OutboundRouter } from "./outbound-router.ts";
import {
  BROWSER_REFUSED,
  CONNECT_UNSUPPORTED,
  DESTINATION_FORBIDDEN,
  OVERLOADED,
  SECRET_MISSING,
} from "./proxy-failures.ts";
import { pushIds } from "./push-ids.ts";
import { refuseUnread } from "./refuse-unread.ts";
import type { WorkloadSecret } from "./workload-secret.ts";

export type OutboundOptions = {
  readonly tools: ExchangeTools;
  readonly router: OutboundRouter;
  readonly secret: WorkloadSecret;
  // Says yes to CONNECT, and takes what comes through it.
  readonly enterTunnel: (key: string, stream: DownstreamStream) => RequestEvents;
};

const SLASH = 0x2f;
const QUESTION = 0x3f;

export class OutboundAcceptor implements RequestAcceptor {
  readonly #options: OutboundOptions;
  readonly #noted = new Noted();
  #provenAuthorization = "";
  #provenPrefix = "";
  #prefixKey = "";
  readonly #fixedKey: string;
  readonly #isHttp2: boolean;
  // Requests so far; for whoever wants to know if the connection is in use.
  begun = 0;
  // The connection, when the next request on it shall be its last.
  #leaving: { drain(): void } | undefined;

  // `fixedKey`: inside a CONNECT tunnel, all is for what that was asked for.
  constructor(options: OutboundOptions, fixedKey = "", isHttp2 = false) {
    this.#options = options;
    this.#fixedKey = fixedKey;
    this.#isHttp2 = isHttp2;
  }

  request(head: RequestHead, stream: DownstreamStream): RequestEvents {
    this.begun++;
    this.#leaving?.drain();
    const headers = forwardable(head.headers, this.#noted);
    if (head.method === "CONNECT") return this.#connect(head, stream);
    const exchangeHead = this.#address(head, headers);
    const exchange = new Exchange(this.#options.tools, exchangeHead ?? head, stream);
    keepToDeadline(exchange, this.#noted.grpcTimeout, headers);
    if (!exchangeHead) exchange.refuse(SECRET_MISSING);
    else if (this.#noted.fromBrowser) exchange.refuse(BROWSER_REFUSED);
    else if (this.#options.tools.overload.isRefusing) exchange.refuse(OVERLOADED);
    else this.#decide(exchange, exchangeHead);
    return exchange;
  }

  refuse(failure: Failure): ResponseHead {
    return refuseUnread(this.#options.tools, failure);
  }

  // The next request is the last one on `connection`, and is told so with its answer. Closing what
  // only seems idle would lose a request that is on its way.
  retire(connection: { drain(): void }): void {
    this.#leaving = connection;
  }

  #decide(exchange: Exchange, head: RequestHead): void {
    this.#options.router.decide(exchange, head, head.authority, this.#isHttp2);
  }

  // The request as its destination shall see it; undefined where the secret is missing.
  #address(head: RequestHead, headers: string[]): RequestHead | undefined {
    const { path } = head;
    if (this.#fixedKey !== "") return this.#finish(head, headers, path, this.#fixedKey);
    if (this.#noted.proxyAuthorization !== "") {
      if (!this.#proves(this.#noted.proxyAuthorization)) return undefined;
      return this.#finish(head, headers, path, head.authority);
    }
    const length = this.#provenPrefix.length;
    if (length === 0 || !path.startsWith(this.#provenPrefix) || !endsSegment(path, length)) {
      if (!this.#provesByPath(path)) return undefined;
    }
    const rest = path.slice(this.#provenPrefix.length);
    const origin = rest.charCodeAt(0) === SLASH ? rest : `/${rest}`;
    return this.#finish(head, headers, origin, this.#prefixKey);
  }

  #finish(head: RequestHead, headers: string[], path: string, key: string): RequestHead {
    pushIds(headers, this.#noted, path, this.#options.tools);
    // It tells about the application's own caller; the inbound side adds ours.
    const { forwardedFor } = this.#noted;
    if (forwardedFor !== "") headers.push("x-forwarded-for", forwardedFor);
    if (!this.#noted.forwardedProto) headers.push("x-forwarded-proto", head.scheme);
    return { ...head, authority: key, path, headers };
  }

  // What comes through the tunnel is looked at anew: HTTP/1, HTTP/2, or bytes for the destination.
  #connect(head: RequestHead, stream: DownstreamStream): RequestEvents {
    if (!this.#proves(this.#noted.proxyAuthorization)) {
      return this.#refuseConnect(head, stream, SECRET_MISSING);
    }
    if (this.#fixedKey !== "") return this.#refuseConnect(head, stream, CONNECT_UNSUPPORTED);
    if (isForbiddenKey(head.authority)) {
      return this.#refuseConnect(head, stream, DESTINATION_FORBIDDEN);
    }
    return this.#options.enterTunnel(head.authority, stream);
  }

  #refuseConnect(head: RequestHead, stream: DownstreamStream, failure: Failure): RequestEvents {
    const exchange = new Exchange(this.#options.tools, head, stream);
    exchange.refuse(failure);
    return exchange;
  }

  #proves(authorization: string): boolean {
    if (authorization === "") return false;
    if (authorization === this.#provenAuthorization) return true;
    if (!this.#options.secret.matchesBasic(authorization)) return false;
    this.#provenAuthorization = authorization;
    return true;
  }

  // "/~secret/host:port" with whatever follows.
  #provesByPath(path: string): boolean {
    if (!path.startsWith("/~")) return false;
    const secretEnd = path.indexOf("/", 2);
    if (secretEnd < 0 || !this.#options.secret.matches(path.slice(2, secretEnd))) return false;
    const keyEnd = segmentEnd(path, secretEnd + 1);
    this.#prefixKey = path.slice(secretEnd + 1, keyEnd);
    this.#provenPrefix = path.slice(0, keyEnd);
    return true;
  }
}

function endsSegment(path: string, at: number): boolean {
  return path.length === at || path.charCodeAt(at) === SLASH || path.charCodeAt(at) === QUESTION;
}

function segmentEnd(path: string, from: number): number {
  for (let at = from; at < path.length; at++) if (endsSegment(path, at)) return at;
  return path.length;
}
