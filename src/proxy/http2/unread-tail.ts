// Hot path.
//
// The end of a body that its reader doesn't take. Whoever wrote it has seen its exchange end, so
// nobody but us bounds how long it may lie here: `streamIdleMs` since the last of it was taken.

import { Deadline } from "#base/deadlines.ts";
import { ERROR } from "./frame-types.ts";
import type { Stream } from "./stream.ts";

export class UnreadTail {
  readonly #stream: Stream;
  readonly #deadline: Deadline;
  #bytes = 0;

  constructor(stream: Stream) {
    this.#stream = stream;
    this.#deadline = new Deadline(() => this.#look());
    this.#wait();
  }

  // It is taken, or the stream is over.
  stop(): void {
    this.#stream.owner.deadlines.clear(this.#deadline);
  }

  #wait(): void {
    const { owner, sender } = this.#stream;
    this.#bytes = sender.queuedBytes;
    owner.deadlines.set(this.#deadline, owner.limits.streamIdleMs);
  }

  #look(): void {
    const stream = this.#stream;
    if (stream.sender.queuedBytes < this.#bytes || !stream.isExchangeOver) return this.#wait();
    stream.breakOff(ERROR.cancel);
    stream.fail("lost", "never", "the end of a body was not taken in time");
  }
}
