// Hot path.
//
// A TCP connection that we have dialled, as an upstream: it carries one tunnel, and then it is
// gone. Who speaks first on it is heard when the tunnel is open: until then its bytes are held, up
// to one read buffer.
//
//   idle -> opening -> open -> over

import assert from "node:assert/strict";
import { Deadline } from "#base/deadlines.ts";
import { LIMITS } from "#base/limits.ts";
import type {
  ConnectionOwner,
  ExchangeEvents,
  UpstreamConnection,
  UpstreamStream,
} from "#proxy/exchange/exchange.ts";
import type { Failure } from "#proxy/exchange/failure.ts";
import {
  asksForTunnel,
  type Headers,
  LENGTH_UNKNOWN,
  type RequestHead,
} from "#proxy/exchange/heads.ts";
import type { ByteStream } from "#proxy/transport/byte-stream.ts";
import type { CodecTools } from "#proxy/transport/codec-tools.ts";
import { HeldBytes } from "#proxy/transport/held-bytes.ts";
import { Outgoing } from "#proxy/transport/outgoing.ts";
import type { Flushable } from "#proxy/transport/tick-flusher.ts";

const NO_HEADERS: Headers = [];
const OPENED = { status: 200, headers: NO_HEADERS, contentLength: LENGTH_UNKNOWN };

export class TcpClientConnection implements UpstreamConnection, UpstreamStream {
  readonly protocol = "http1";
  readonly isReused = false;
  readonly #stream: ByteStream;
  readonly #owner: ConnectionOwner;
  readonly #tools: CodecTools;
  readonly #outgoing: Outgoing;
  readonly #held = new HeldBytes();
  readonly #turn: Flushable = { flush: () => this.#takeTurn() };
  #events: ExchangeEvents | undefined;
  #state: "idle" | "opening" | "open" | "over" = "idle";
  #isTurnDue = false;
  #isPaused = false;
  #awaitsDrain = false;
  #hasEnded = false;
  #hasPeerEnded = false;
  #isEndTold = false;
  // For what the peer still has to fetch when the tunnel is over.
  #fetching: Deadline | undefined;

  constructor(stream: ByteStream, owner: ConnectionOwner, tools: CodecTools) {
    this.#stream = stream;
    this.#owner = owner;
    this.#tools = tools;
    this.#outgoing = new Outgoing(stream, tools.flusher, tools.blocks);
    stream.attach({
      data: (bytes) => this.#read(bytes),
      ended: () => this.#peerEnded(),
      drained: () => this.#drained(),
      closed: (code) => this.#streamClosed(code),
    });
  }

  // ---- by the pool ------------------------------------------------------------------------------

  get slotsFree(): number {
    return this.#state === "idle" ? 1 : 0;
  }

  get slotsUsed(): number {
    return this.#state === "opening" || this.#state === "open" ? 1 : 0;
  }

  open(head: RequestHead, events: ExchangeEvents): UpstreamStream {
    assert.ok(asksForTunnel(head), "bytes carry nothing but a tunnel");
    assert.equal(this.#state, "idle", "one tunnel a connection");
    this.#state = "opening";
    this.#events = events;
    this.#scheduleTurn();
    return this;
  }

  // An open tunnel goes on.
  drain(): void {
    if (this.#state === "idle") this.#leave();
  }

  destroy(): void {
    this.#outgoing.close();
    this.#stream.reset();
  }

  // ---- by the pipeline --------------------------------------------------------------------------

  write(chunk: Uint8Array): boolean {
    if (this.#state === "over" || this.#hasEnded) return true;
    this.#outgoing.bytes(chunk);
    this.#awaitsDrain = this.#outgoing.isBlocked;
    return !this.#awaitsDrain;
  }

  end(): void {
    if (this.#state === "over" || this.#hasEnded) return;
    this.#hasEnded = true;
    this.#outgoing.end();
    if (this.#isEndTold) this.#finish();
  }

  cancel(): void {
    if (this.#state !== "over") this.#leave();
  }

  pause(): void {
    this.#isPaused = true;
    if (this.#state === "open") this.#stream.pause();
  }

  resume(): void {
    this.#isPaused = false;
    if (this.#state === "open") this.#scheduleTurn();
  }

  // ---- from the stream --------------------------------------------------------------------------

  #read(bytes: Uint8Array): void {
    if (this.#state === "over") return;
    if (this.#state === "open" && this.#held.length === 0) return this.#events!.data(bytes);
    this.#held.add(bytes);
    if (this.#held.length >= LIMITS.readBufferBytes) this.#stream.pause();
  }

  #peerEnded(): void {
    this.#hasPeerEnded = true;
    // It would carry nothing.
    if (this.#state === "idle") this.#leave();
    else if (this.#state === "open" && this.#held.length === 0 && !this.#isPaused) this.#tellEnd();
  }

  #drained(): void {
    this.#outgoing.unblock();
    if (!this.#awaitsDrain || this.#state !== "open") return;
    this.#awaitsDrain = false;
    this.#events!.drained();
  }

  #streamClosed(code: string): void {
    if (this.#fetching) this.#tools.deadlines.clear(this.#fetching);
    const isUnseen = this.#state === "opening" && this.#outgoing.bytesSent === 0;
    const events = this.#isInUse() ? this.#events : undefined;
    this.#state = "over";
    this.#outgoing.close();
    this.#held.clear();
    events?.fail(upstreamReset(code, isUnseen ? "always" : "never"));
    this.#owner.closed();
  }

  // ---- turns ------------------------------------------------------------------------------------

  // What a call causes comes later, in a turn of its own.
  #scheduleTurn(): void {
    const isNothingDue = this.#held.length === 0 && !this.#hasPeerEnded;
    if (this.#state === "open" && isNothingDue) return this.#stream.resume();
    if (this.#isTurnDue) return;
    this.#isTurnDue = true;
    this.#tools.flusher.add(this.#turn);
  }

  #takeTurn(): void {
    this.#isTurnDue = false;
    if (this.#state === "opening") this.#tellOpen();
    if (this.#state !== "open" || this.#isPaused) return;
    if (this.#held.length > 0) this.#events!.data(this.#held.take());
    // Which may have paused it, or ended it.
    if (this.#isPaused || !this.#isInUse()) return;
    this.#stream.resume();
    if (this.#hasPeerEnded && !this.#isEndTold) this.#tellEnd();
  }

  #isInUse(): boolean {
    return this.#state === "opening" || this.#state === "open";
  }

  #tellOpen(): void {
    this.#state = "open";
    if (this.#isPaused) this.#stream.pause();
    this.#owner.draining();
    this.#events!.head(OPENED);
    // The block may have filled up before the tunnel was open.
    if (this.#awaitsDrain && !this.#outgoing.isBlocked) this.#drained();
  }

  #tellEnd(): void {
    this.#isEndTold = true;
    if (this.#hasEnded) this.#finish();
    this.#events!.end(NO_HEADERS);
  }

  // Both directions are closed, so the stream closes when the peer has fetched the rest.
  #finish(): void {
    this.#state = "over";
    this.#fetching = new Deadline(() => this.destroy());
    this.#tools.deadlines.set(this.#fetching, this.#tools.limits.current.streamIdleMs);
  }

  #leave(): void {
    this.#state = "over";
    this.#held.clear();
    this.destroy();
  }
}

function upstreamReset(code: string, retry: Failure["retry"]): Failure {
  return {
    code: "upstream-reset",
    side: "upstream",
    retry,
    detail: code === "" ? "The tunnel's connection was closed" : `The tunnel broke: ${code}`,
  };
}
