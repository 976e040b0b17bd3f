// Hot path.
//
// Our request, and the peer's answer to it.

import type { ExchangeEvents, UpstreamStream } from "#proxy/exchange/exchange.ts";
import type { Failure } from "#proxy/exchange/failure.ts";
import type { Headers, RequestHead, ResponseHead } from "#proxy/exchange/heads.ts";
import { asksForTunnel, LENGTH_UNKNOWN } from "#proxy/exchange/heads.ts";
import { ERROR } from "./frame-types.ts";
import type { HpackDecoder } from "./hpack-decoder.ts";
import { responseHeadOf } from "./response-head.ts";
import { Stream, type StreamLoss, type StreamOwner } from "./stream.ts";
import { trailersOf } from "./trailers.ts";

const NO_HEADERS: Headers = [];
const SWITCHING_PROTOCOLS = 101;

// What is known of the connection at the moment when it dies.
export type Loss = { readonly bytesSent: number; readonly bytesReceived: number };

export class Http2UpstreamStream extends Stream implements UpstreamStream {
  override readonly events: ExchangeEvents;
  readonly #request: RequestHead;
  readonly #isOnIdle: boolean;
  readonly #receivedBefore: number;
  readonly #loss: Loss;
  #headAt = 0;
  #hasHead = false;
  #isTunnel = false;
  #informs = 0;

  // `isOnIdle`: the connection has carried exchanges before, and carries none now.
  constructor(
    id: number,
    owner: StreamOwner,
    request: RequestHead,
    events: ExchangeEvents,
    loss: Loss,
    isOnIdle: boolean,
  ) {
    super(id, owner);
    this.events = events;
    this.#request = request;
    this.#isOnIdle = isOnIdle;
    this.#receivedBefore = loss.bytesReceived;
    this.#loss = loss;
  }

  writeHead(): void {
    const { id, owner } = this;
    this.#headAt = owner.writer.headers(id, pseudoOf(this.#request), this.#request.headers, false);
    this.sender.noteFrame(this.#headAt);
  }

  override get takesData(): boolean {
    return this.#hasHead;
  }

  override get isExchangeOver(): boolean {
    return !this.peerMaySend;
  }

  override receiveHead(block: HpackDecoder, endsStream: boolean): string {
    if (block.isTooLarge) return "the head is too large";
    if (this.#hasHead) return this.#receiveTrailers(block, endsStream);
    const isHead = this.#request.method === "HEAD";
    const head = responseHeadOf(block.fields, endsStream, isHead);
    if (typeof head === "string") return head;
    if (head.status < 200) {
      if (++this.#informs > this.owner.limits.informsMax) return "there are too many interim heads";
      this.events.inform(head);
      return "";
    }
    this.#hasHead = true;
    if (asksForTunnel(this.#request) && head.status < 300) this.#openTunnel(head);
    else this.#begin(head, isHead);
    return endsStream ? this.peerEnds(NO_HEADERS) : "";
  }

  #begin(head: ResponseHead, isHead: boolean): void {
    this.receiver.expect(isHead || head.status === 304 ? 0 : head.contentLength);
    this.events.head(head);
  }

  // HTTP/2 says 200 where heads say 101. A length would mean nothing: RFC 9110 §9.3.6.
  #openTunnel({ status, headers }: ResponseHead): void {
    this.#isTunnel = true;
    this.events.head({
      status: this.#request.upgrade === undefined ? status : SWITCHING_PROTOCOLS,
      headers,
      contentLength: LENGTH_UNKNOWN,
    });
  }

  #receiveTrailers(block: HpackDecoder, endsStream: boolean): string {
    if (this.#isTunnel) return "a tunnel has no trailers";
    if (!endsStream) return "a second head doesn't end the stream";
    const trailers = trailersOf(block.fields);
    return typeof trailers === "string" ? trailers : this.peerEnds(trailers);
  }

  override failure(kind: StreamLoss, retry: Failure["retry"], detail: string): Failure {
    if (kind === "overflow") return { code: "overflow", side: "proxy", retry, detail };
    const code = kind === "lost" ? "upstream-reset" : "upstream-malformed";
    // Whoever has begun to answer has seen the request, whatever it says now.
    const isSeen = this.#hasHead || this.#informs > 0;
    return { code, side: "upstream", retry: isSeen ? "never" : retry, detail };
  }

  // The answer is whole, the rest of the request unwanted: no loss, RFC 9113 §8.1. Whoever has it
  // may still be reading.
  override resetByPeer(code: number): void {
    if (code !== ERROR.none || this.peerMaySend || this.#isTunnel) return super.resetByPeer(code);
    this.sender.stop();
    this.enter("reset");
  }

  override lose(detail: string): void {
    const { bytesSent, bytesReceived } = this.#loss;
    const isSilent = bytesReceived === this.#receivedBefore;
    const retry = this.#isOnIdle && isSilent ? "if-reused" : "never";
    // Its head was still in our block.
    this.fail("lost", bytesSent <= this.#headAt ? "always" : retry, detail);
  }

  write(chunk: Uint8Array): boolean {
    return this.sender.write(chunk);
  }

  end(trailers: Headers = NO_HEADERS): void {
    this.sender.end(asksForTunnel(this.#request) ? NO_HEADERS : trailers);
  }

  cancel(): void {
    this.breakOff(ERROR.cancel);
  }

  pause(): void {
    this.receiver.pause();
  }

  resume(): void {
    this.receiver.resume();
  }
}

function pseudoOf(head: RequestHead): Headers {
  const { method, scheme, authority, path, contentLength, upgrade } = head;
  if (upgrade !== undefined) return upgradeOf(head, upgrade);
  if (method === "CONNECT") return [":method", method, ":authority", authority];
  // Not put together by pushes: an array that grows costs three times its size.
  const pseudo =
    authority === ""
      ? [":method", method, ":scheme", scheme, ":path", path]
      : [":method", method, ":scheme", scheme, ":authority", authority, ":path", path];
  // A length of 0 says something only where a body is usual: RFC 9110 §8.6.
  if (contentLength > 0 || (contentLength === 0 && expectsBody(method))) {
    pseudo.push("content-length", `${contentLength}`);
  }
  return pseudo;
}

// RFC 8441 §4.
function upgradeOf({ scheme, authority, path }: RequestHead, protocol: string): Headers {
  const asks = [":method", "CONNECT", ":protocol", protocol, ":scheme", scheme];
  return [...asks, ":path", path, ":authority", authority];
}

function expectsBody(method: string): boolean {
  return method === "POST" || method === "PUT" || method === "PATCH";
}
