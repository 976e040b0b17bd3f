// Hot path.
//
// Our request, and the peer's answer to it.

import { LIMITS } from "#base/limits.ts";
import type { ExchangeEvents, UpstreamStream } from "#proxy/exchange/exchange.ts";
import type { Failure } from "#proxy/exchange/failure.ts";
import type { Headers, RequestHead } from "#proxy/exchange/heads.ts";
import { ERROR } from "./frame-types.ts";
import type { HpackDecoder } from "./hpack-decoder.ts";
import { responseHeadOf } from "./response-head.ts";
import { Stream, type StreamOwner } from "./stream.ts";
import { trailersOf } from "./trailers.ts";

const NO_HEADERS: Headers = [];

// What is known of the connection at the moment when it dies.
export type Loss = { readonly bytesSent: number; readonly bytesReceived: number };

export class Http2UpstreamStream extends Stream implements UpstreamStream {
  override readonly events: ExchangeEvents;
  readonly #isHead: boolean;
  readonly #isOnIdle: boolean;
  readonly #receivedBefore: number;
  readonly #loss: Loss;
  #headAt = 0;
  #hasHead = false;
  #informs = 0;

  // `isOnIdle`: the connection has carried exchanges before, and carries none now.
  constructor(
    id: number,
    owner: StreamOwner,
    head: RequestHead,
    events: ExchangeEvents,
    loss: Loss,
    isOnIdle: boolean,
  ) {
    super(id, owner);
    this.events = events;
    this.#isHead = head.method === "HEAD";
    this.#isOnIdle = isOnIdle;
    this.#receivedBefore = loss.bytesReceived;
    this.#loss = loss;
  }

  writeHead(head: RequestHead): void {
    this.#headAt = this.owner.writer.headers(this.id, pseudoOf(head), head.headers, false);
    this.sender.noteFrame(this.#headAt);
  }

  override get takesData(): boolean {
    return this.#hasHead;
  }

  override receiveHead(block: HpackDecoder, endsStream: boolean): string {
    if (block.isTooLarge) return "the head is too large";
    if (this.#hasHead) return this.#receiveTrailers(block, endsStream);
    const head = responseHeadOf(block.fields, endsStream, this.#isHead);
    if (typeof head === "string") return head;
    if (head.status < 200) {
      if (++this.#informs > LIMITS.informsMax) return "there are too many interim heads";
      this.events.inform(head);
      return "";
    }
    this.#hasHead = true;
    this.receiver.expect(this.#isHead || head.status === 304 ? 0 : head.contentLength);
    this.events.head(head);
    return endsStream ? this.peerEnds(NO_HEADERS) : "";
  }

  #receiveTrailers(block: HpackDecoder, endsStream: boolean): string {
    if (!endsStream) return "a second head doesn't end the stream";
    const trailers = trailersOf(block.fields);
    return typeof trailers === "string" ? trailers : this.peerEnds(trailers);
  }

  override failure(kind: "lost" | "malformed", retry: Failure["retry"], detail: string): Failure {
    const code = kind === "lost" ? "upstream-reset" : "upstream-malformed";
    return { code, side: "upstream", retry, detail };
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
    this.sender.end(trailers);
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
  const { method, scheme, authority, path, contentLength } = head;
  if (method === "CONNECT") return [":method", method, ":authority", authority];
  const pseudo = [":method", method, ":scheme", scheme];
  if (authority !== "") pseudo.push(":authority", authority);
  pseudo.push(":path", path);
  // A length of 0 says something only where a body is usual: RFC 9110 §8.6.
  if (contentLength > 0 || (contentLength === 0 && expectsBody(method))) {
    pseudo.push("content-length", `${contentLength}`);
  }
  return pseudo;
}

function expectsBody(method: string): boolean {
  return method === "POST" || method === "PUT" || method === "PATCH";
}
