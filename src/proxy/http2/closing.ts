// How a connection ends: announced (GOAWAY), with what is open finished, or at once. Whatever the
// peer does, it ends: each wait has a deadline.

import { Deadline, type Deadlines } from "#base/deadlines.ts";
import { LIMITS } from "#base/limits.ts";
import type { ByteStream } from "#proxy/transport/byte-stream.ts";
import type { Outgoing } from "#proxy/transport/outgoing.ts";
import { ERROR, type ErrorCode, STREAM_ID_MAX } from "./frame-types.ts";
import type { FrameWriter } from "./frame-writer.ts";

export type ClosingPhase =
  | "open"
  // GOAWAY without a last id is out: new streams are still taken until the peer has seen it.
  | "announced"
  // GOAWAY with the last id is out: what is above it is ignored.
  | "final"
  // We have said all and read no more.
  | "lingering"
  | "closed";

export type ClosingOwner = {
  // What a GOAWAY is to name: the last stream of the peer's that we took, or 0.
  readonly lastPeerId: number;
  // GOAWAY is out: perhaps nothing is open any more.
  streamsChanged(): void;
};

const DETAIL_LENGTH_MAX = 200;

export class Closing {
  readonly #stream: ByteStream;
  readonly #deadlines: Deadlines;
  readonly #out: Outgoing;
  readonly #writer: FrameWriter;
  readonly #owner: ClosingOwner;
  readonly #patience: Deadline;
  #phase: ClosingPhase = "open";
  #isHeard = false;
  #lastId = 0;

  constructor(
    stream: ByteStream,
    deadlines: Deadlines,
    out: Outgoing,
    writer: FrameWriter,
    owner: ClosingOwner,
  ) {
    this.#stream = stream;
    this.#owner = owner;
    this.#deadlines = deadlines;
    this.#out = out;
    this.#writer = writer;
    this.#patience = new Deadline(() => this.#loseIt());
  }

  get isReading(): boolean {
    return this.#phase === "open" || this.#phase === "announced" || this.#phase === "final";
  }

  get isOpen(): boolean {
    return this.#phase === "open";
  }

  get isFinal(): boolean {
    return this.#phase === "final";
  }

  // First of two: a peer's requests may be on their way (RFC 9113 §6.8). The second follows a while
  // after the peer has answered our PING.
  announce(): void {
    if (this.#phase !== "open") return;
    this.#phase = "announced";
    this.#writer.goAway(STREAM_ID_MAX, ERROR.none, "");
    this.#writer.ping();
    this.#deadlines.set(this.#patience, LIMITS.lingerMs);
  }

  // The peer answered our PING, but perhaps not those who ask through it: libraries answer ahead of
  // requests that were given to them before.
  heard(): void {
    if (this.#phase !== "announced" || this.#isHeard) return;
    this.#isHeard = true;
    this.#deadlines.set(this.#patience, LIMITS.goAwaySettleMs);
  }

  // The peer has seen the first GOAWAY, or nobody needs it.
  settle(): void {
    if (this.#phase !== "open" && this.#phase !== "announced") return;
    this.#phase = "final";
    this.#lastId = this.#owner.lastPeerId;
    this.#deadlines.clear(this.#patience);
    this.#writer.goAway(this.#lastId, ERROR.none, "");
    this.#owner.streamsChanged();
  }

  fault(code: ErrorCode, detail: string): void {
    const lastId = this.isFinal ? this.#lastId : this.#owner.lastPeerId;
    this.#writer.goAway(lastId, code, detail.slice(0, DETAIL_LENGTH_MAX));
    this.linger();
  }

  // Sends what is written, and waits a little for the peer to close: destroying a socket with
  // unread bytes would take our last words back.
  linger(): void {
    if (!this.isReading) return;
    this.#phase = "lingering";
    this.#out.end();
    this.#deadlines.set(this.#patience, LIMITS.lingerMs);
  }

  // We close at once, and read no more until that is done.
  giveUp(): void {
    if (this.isReading) this.#phase = "lingering";
    this.#deadlines.clear(this.#patience);
  }

  // The stream says that it is closed.
  close(): void {
    this.#phase = "closed";
    this.#deadlines.clear(this.#patience);
    this.#out.close();
  }

  #loseIt(): void {
    if (this.#phase === "announced") this.settle();
    else if (this.#phase === "lingering") this.#stream.destroy();
  }
}
