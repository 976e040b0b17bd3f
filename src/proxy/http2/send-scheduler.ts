// Hot path.
//
// Whose turn it is to send: streams with queued data, round robin, one frame a turn, as long as
// the connection's window lasts and the peer reads.

import type { TickFlusher } from "#proxy/transport/tick-flusher.ts";
import type { BodySender } from "./body-sender.ts";
import type { FloodGuard } from "./flood-guard.ts";
import { WINDOW_BYTES_INITIAL, WINDOW_BYTES_MAX } from "./frame-types.ts";
import type { FrameWriter } from "./frame-writer.ts";

export class SendScheduler {
  readonly #writer: FrameWriter;
  readonly #flusher: TickFlusher;
  readonly #guard: FloodGuard;
  #window = WINDOW_BYTES_INITIAL;
  #first: BodySender | undefined;
  #last: BodySender | undefined;
  #isWaiting = false;

  constructor(writer: FrameWriter, flusher: TickFlusher, guard: FloodGuard) {
    this.#writer = writer;
    this.#flusher = flusher;
    this.#guard = guard;
  }

  get window(): number {
    return this.#window;
  }

  get isIdle(): boolean {
    return this.#first === undefined;
  }

  // A frame of DATA was written.
  spend(bytes: number): void {
    this.#window -= bytes;
    this.#guard.noteDataSent();
  }

  widen(increment: number): boolean {
    if (this.#window + increment > WINDOW_BYTES_MAX) return false;
    this.#window += increment;
    return true;
  }

  // It has its turn when the tick ends, so that all who write in one tick share the connection.
  add(sender: BodySender): void {
    this.#append(sender);
    this.wake();
  }

  // Something that held us up may be gone.
  wake(): void {
    if (this.#isWaiting || this.isIdle) return;
    this.#isWaiting = true;
    this.#flusher.add(this);
  }

  flush(): void {
    this.#isWaiting = false;
    while (this.#first && this.#window > 0 && !this.#writer.isBlocked) {
      const sender = this.#first;
      this.#first = sender.nextInTurn;
      if (!this.#first) this.#last = undefined;
      sender.nextInTurn = undefined;
      sender.isScheduled = false;
      // One that was reset meanwhile has nothing queued any more.
      if (!sender.canSend) continue;
      sender.takeTurn(this.#window);
      if (sender.canSend) this.#append(sender);
    }
  }

  #append(sender: BodySender): void {
    if (sender.isScheduled) return;
    sender.isScheduled = true;
    if (this.#last) this.#last.nextInTurn = sender;
    else this.#first = sender;
    this.#last = sender;
  }
}
