// Hot path.
//
// A request of the peer, and our answer to it.

import type { DownstreamStream, RequestEvents } from "#proxy/exchange/exchange.ts";
import type { Failure } from "#proxy/exchange/failure.ts";
import type { Headers, RequestHead, ResponseHead } from "#proxy/exchange/heads.ts";
import { ERROR } from "./frame-types.ts";
import type { HpackDecoder } from "./hpack-decoder.ts";
import { Stream, type StreamOwner } from "./stream.ts";
import { trailersOf } from "./trailers.ts";

const NO_HEADERS: Headers = [];

export class Http2DownstreamStream extends Stream implements DownstreamStream {
  readonly #isHead: boolean;
  #events: RequestEvents | undefined;

  constructor(id: number, owner: StreamOwner, head: RequestHead) {
    super(id, owner);
    this.#isHead = head.method === "HEAD";
    this.receiver.expect(head.contentLength);
  }

  // What the acceptor answered.
  begin(events: RequestEvents): void {
    this.#events = events;
  }

  override get events(): RequestEvents {
    return this.#events!;
  }

  override get takesData(): boolean {
    return true;
  }

  override receiveHead(block: HpackDecoder, endsStream: boolean): string {
    if (!endsStream) return "a second head doesn't end the stream";
    const trailers = block.isTooLarge ? "the trailers are too large" : trailersOf(block.fields);
    return typeof trailers === "string" ? trailers : this.peerEnds(trailers);
  }

  override failure(kind: "lost" | "malformed", retry: Failure["retry"], detail: string): Failure {
    const code = kind === "lost" ? "downstream-reset" : "malformed-request";
    return { code, side: "downstream", retry, detail };
  }

  override lose(detail: string): void {
    this.fail("lost", "never", detail);
  }

  inform(head: ResponseHead): void {
    if (this.weMaySend) this.#writeHead([":status", `${head.status}`], head.headers);
  }

  respond(head: ResponseHead): void {
    if (!this.weMaySend) return;
    const { status, contentLength } = head;
    const saysLength = contentLength > 0 || (contentLength === 0 && status !== 204);
    const pseudo = saysLength
      ? [":status", `${status}`, "content-length", `${contentLength}`]
      : [":status", `${status}`];
    this.#writeHead(pseudo, head.headers);
  }

  write(chunk: Uint8Array): boolean {
    // For HEAD the answer is its head: RFC 9110 §9.3.2.
    return this.#isHead || this.sender.write(chunk);
  }

  end(trailers: Headers = NO_HEADERS): void {
    this.sender.end(trailers);
  }

  // After `end` it refuses the rest of the request: the answer stays whole, RFC 9113 §8.1.
  reset(_failure: Failure): void {
    this.breakOff(this.weMaySend ? ERROR.internal : ERROR.none);
  }

  pause(): void {
    this.receiver.pause();
  }

  resume(): void {
    this.receiver.resume();
  }

  #writeHead(pseudo: Headers, headers: Headers): void {
    this.sender.noteFrame(this.owner.writer.headers(this.id, pseudo, headers, false));
  }
}
