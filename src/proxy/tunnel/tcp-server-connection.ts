// Hot path.
//
// A plain TCP connection of somebody who asks us, as an exchange: it asks for a tunnel to what it
// was dialled for, and is that tunnel when the answer opens it. It has no way to say that an answer
// is another one, so any other is a reset.
//
//   asking -> open -> over
//
// Until the answer is there the asker's bytes are held, up to one read buffer: then nothing more is
// read. They are delivered in a turn of their own, never from inside `respond` or `resume`.

import { Deadline } from "#base/deadlines.ts";
import { LIMITS } from "#base/limits.ts";
import type { DownstreamStream, RequestAcceptor, RequestEvents } from "#proxy/exchange/exchange.ts";
import type { Failure } from "#proxy/exchange/failure.ts";
import {
  type Headers,
  LENGTH_UNKNOWN,
  opensTunnel,
  type RequestHead,
  type ResponseHead,
} from "#proxy/exchange/heads.ts";
import type { ByteStream } from "#proxy/transport/byte-stream.ts";
import type { CodecTools } from "#proxy/transport/codec-tools.ts";
import { HeldBytes } from "#proxy/transport/held-bytes.ts";
import { Outgoing } from "#proxy/transport/outgoing.ts";
import type { Flushable } from "#proxy/transport/tick-flusher.ts";

const NO_HEADERS: Headers = [];

export class TcpServerConnection implements DownstreamStream {
  readonly #stream: ByteStream;
  readonly #tools: CodecTools;
  readonly #head: RequestHead;
  readonly #events: RequestEvents;
  readonly #closed: () => void;
  readonly #outgoing: Outgoing;
  readonly #held = new HeldBytes();
  readonly #turn: Flushable = { flush: () => this.#deliver() };
  #state: "asking" | "open" | "over" = "asking";
  #isTurnDue = false;
  #isPaused = false;
  #awaitsDrain = false;
  #hasEnded = false;
  #hasPeerEnded = false;
  #isEndTold = false;
  // For what the peer still has to fetch when the tunnel is over.
  #fetching: Deadline | undefined;

  // `key`: what it was dialled for, "redis.shop:6379".
  constructor(
    stream: ByteStream,
    key: string,
    acceptor: RequestAcceptor,
    tools: CodecTools,
    closed: () => void,
  ) {
    this.#stream = stream;
    this.#tools = tools;
    this.#closed = closed;
    this.#outgoing = new Outgoing(stream, tools.flusher, tools.blocks);
    stream.attach({
      data: (bytes) => this.#read(bytes),
      ended: () => this.#peerEnded(),
      drained: () => this.#drained(),
      closed: (code) => this.#streamClosed(code),
    });
    this.#head = connectHead(key);
    this.#events = acceptor.request(this.#head, this);
  }

  // ---- by its keeper ----------------------------------------------------------------------------

  // Nobody can be told to end a tunnel: it goes on until `destroy`.
  drain(): void {}

  destroy(): void {
    this.#outgoing.close();
    this.#stream.reset();
  }

  // ---- by the pipeline --------------------------------------------------------------------------

  // Bytes have no room for it.
  inform(): void {}

  respond(head: ResponseHead): void {
    if (this.#state !== "asking") return;
    if (!opensTunnel(this.#head, head)) return this.reset();
    this.#state = "open";
    if (this.#isPaused) this.#stream.pause();
    else this.#takeTurn();
  }

  write(chunk: Uint8Array): boolean {
    if (this.#state !== "open" || this.#hasEnded) return true;
    this.#outgoing.bytes(chunk);
    this.#awaitsDrain = this.#outgoing.isBlocked;
    return !this.#awaitsDrain;
  }

  end(): void {
    if (this.#state !== "open" || this.#hasEnded) return;
    this.#hasEnded = true;
    this.#outgoing.end();
    if (this.#isEndTold) this.#finish();
  }

  reset(): void {
    if (this.#state === "over") return;
    this.#state = "over";
    this.#held.clear();
    this.destroy();
  }

  pause(): void {
    this.#isPaused = true;
    if (this.#state === "open") this.#stream.pause();
  }

  resume(): void {
    this.#isPaused = false;
    if (this.#state === "open") this.#takeTurn();
  }

  // ---- from the stream --------------------------------------------------------------------------

  #read(bytes: Uint8Array): void {
    if (this.#state === "over") return;
    if (this.#state === "open" && this.#held.length === 0) return this.#events.data(bytes);
    this.#held.add(bytes);
    if (this.#held.length >= LIMITS.readBufferBytes) this.#stream.pause();
  }

  #peerEnded(): void {
    this.#hasPeerEnded = true;
    if (this.#state === "open" && this.#held.length === 0 && !this.#isPaused) this.#tellEnd();
  }

  #drained(): void {
    this.#outgoing.unblock();
    if (!this.#awaitsDrain || this.#state !== "open") return;
    this.#awaitsDrain = false;
    this.#events.drained();
  }

  #streamClosed(code: string): void {
    if (this.#fetching) this.#tools.deadlines.clear(this.#fetching);
    this.#outgoing.close();
    this.#held.clear();
    if (this.#state !== "over") {
      this.#state = "over";
      this.#events.fail(downstreamReset(code));
    }
    this.#closed();
  }

  // ---- what was held ----------------------------------------------------------------------------

  #takeTurn(): void {
    if (this.#held.length === 0 && !this.#hasPeerEnded) return this.#stream.resume();
    if (this.#isTurnDue) return;
    this.#isTurnDue = true;
    this.#tools.flusher.add(this.#turn);
  }

  #deliver(): void {
    this.#isTurnDue = false;
    if (this.#isPaused || this.#state !== "open") return;
    if (this.#held.length > 0) this.#events.data(this.#held.take());
    // Which may have paused it, or ended it.
    if (this.#isPaused || this.#isOver()) return;
    this.#stream.resume();
    if (this.#hasPeerEnded && !this.#isEndTold) this.#tellEnd();
  }

  #isOver(): boolean {
    return this.#state === "over";
  }

  #tellEnd(): void {
    this.#isEndTold = true;
    if (this.#hasEnded) this.#finish();
    this.#events.end(NO_HEADERS);
  }

  // Both directions are closed, so the stream closes when the peer has fetched the rest.
  #finish(): void {
    this.#state = "over";
    this.#fetching = new Deadline(() => this.destroy());
    this.#tools.deadlines.set(this.#fetching, this.#tools.limits.current.streamIdleMs);
  }
}

function connectHead(authority: string): RequestHead {
  return {
    method: "CONNECT",
    scheme: "http",
    authority,
    path: "",
    headers: NO_HEADERS,
    contentLength: LENGTH_UNKNOWN,
  };
}

function downstreamReset(code: string): Failure {
  return {
    code: "downstream-reset",
    side: "downstream",
    retry: "never",
    detail: code === "" ? "The connection was closed" : `The connection broke: ${code}`,
  };
}
