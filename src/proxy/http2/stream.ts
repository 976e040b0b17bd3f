// Hot path.
//
// One stream of a connection: its state and its two bodies. What is different between asking and
// being asked is in downstream-stream.ts and upstream-stream.ts.

import type { Deadlines } from "#base/deadlines.ts";
import type { Limits } from "#base/limits.ts";
import type { RequestEvents } from "#proxy/exchange/exchange.ts";
import type { Failure } from "#proxy/exchange/failure.ts";
import type { Headers } from "#proxy/exchange/heads.ts";
import type { BlockPool } from "#proxy/transport/block-pool.ts";
import { BodyReceiver } from "./body-receiver.ts";
import { BodySender } from "./body-sender.ts";
import { ERROR, type ErrorCode, errorName } from "./frame-types.ts";
import type { FrameWriter } from "./frame-writer.ts";
import type { HeldBudgets } from "./held-bytes.ts";
import type { HpackDecoder } from "./hpack-decoder.ts";
import type { Later } from "./later.ts";
import type { PeerSettings } from "./peer-settings.ts";
import type { SendScheduler } from "./send-scheduler.ts";
import { nextStreamState, type StreamEvent, type StreamState } from "./stream-state.ts";
import { UnreadTail } from "./unread-tail.ts";

// The connection, as its streams see it.
export type StreamOwner = {
  readonly limits: Limits;
  readonly writer: FrameWriter;
  readonly scheduler: SendScheduler;
  readonly later: Later;
  readonly settings: PeerSettings;
  readonly deadlines: Deadlines;
  readonly buffers: HeldBudgets;
  readonly blocks: BlockPool;
  // Called once.
  streamClosed(stream: Stream, isResetByUs: boolean, isServed: boolean): void;
};

// What a stream can die of: its connection or its peer, what the peer sent, what we would have to
// keep for its reader.
export type StreamLoss = "lost" | "malformed" | "overflow";

export abstract class Stream {
  readonly id: number;
  readonly owner: StreamOwner;
  readonly receiver: BodyReceiver;
  readonly sender: BodySender;
  // StreamTable's.
  nextInSlot: Stream | undefined;
  #tail: UnreadTail | undefined;
  #state: StreamState = "open";

  constructor(id: number, owner: StreamOwner) {
    this.id = id;
    this.owner = owner;
    this.receiver = new BodyReceiver(this);
    this.sender = new BodySender(this, owner.settings.streamWindow);
  }

  // Whom to tell. ExchangeEvents have more, which only an upstream's stream needs.
  abstract get events(): RequestEvents;

  // DATA may come: there was a head.
  abstract get takesData(): boolean;

  // Who has it expects nothing of it any more, and sees to nothing.
  abstract get isExchangeOver(): boolean;

  // A header block behind the one that opened the stream. "" or what is malformed about it.
  abstract receiveHead(block: HpackDecoder, endsStream: boolean): string;

  abstract failure(kind: StreamLoss, retry: Failure["retry"], detail: string): Failure;

  // The connection is gone.
  abstract lose(detail: string): void;

  get isClosed(): boolean {
    return this.#state === "closed";
  }

  get peerMaySend(): boolean {
    return this.#state === "open" || this.#state === "half-closed-local";
  }

  get weMaySend(): boolean {
    return this.#state === "open" || this.#state === "half-closed-remote";
  }

  enter(event: StreamEvent, isResetByUs = false): void {
    const next = nextStreamState(this.#state, event);
    if (next === "forbidden" || next === this.#state) return;
    this.#state = next;
    if (this.#tail && !this.weMaySend) this.#tail.stop();
    if (next === "closed") this.owner.streamClosed(this, isResetByUs, event !== "reset");
  }

  // We have all of our body, and the peer doesn't take the end of it yet.
  leaveTail(): void {
    this.#tail = new UnreadTail(this);
  }

  // END_STREAM came. "" or what is malformed about it.
  peerEnds(trailers: Headers): string {
    if (this.isClosed) return "";
    if (this.receiver.isShort) return "the body is shorter than its content-length";
    this.enter("peer-ended");
    this.receiver.finish(trailers);
    return "";
  }

  // We end both directions. No event follows.
  breakOff(code: ErrorCode): void {
    this.#stop();
    if (this.isClosed) return;
    this.owner.writer.reset(this.id, code);
    this.enter("reset", true);
  }

  // It is over before its time, and whoever has it is told.
  fail(kind: StreamLoss, retry: Failure["retry"], detail: string): void {
    this.#stop();
    this.enter("reset");
    this.events.fail(this.failure(kind, retry, detail));
  }

  // RST_STREAM came.
  resetByPeer(code: number): void {
    const retry = code === ERROR.refusedStream ? "always" : "never";
    this.fail("lost", retry, `the peer reset the stream: ${errorName(code)}`);
  }

  // It keeps the most of all while there is no room any more.
  spill(): void {
    this.breakOff(ERROR.enhanceYourCalm);
    this.fail("overflow", "never", "too much is kept for readers that have paused");
  }

  #stop(): void {
    this.receiver.stop();
    this.sender.stop();
  }
}
