// Hot path.
//
// What a connection has read and nobody could use yet: requests that wait behind an open exchange
// (pipelining), or behind answers that the peer doesn't fetch. They stay here, and past a bound
// the stream is paused.

import type { ByteStream } from "#proxy/transport/byte-stream.ts";
import type { CodecTools } from "#proxy/transport/codec-tools.ts";
import type { TickFlusher } from "#proxy/transport/tick-flusher.ts";

// Uses bytes from `from` on and returns the index after them, or STOPPED.
export type InputStep = (bytes: Buffer, from: number) => number;

// Nothing more can be used now.
export const STOPPED = -1;

export class ServerInput {
  readonly #stream: ByteStream;
  readonly #flusher: TickFlusher;
  readonly #keptBytesMax: number;
  readonly #step: InputStep;
  readonly #advancing: { flush(): void };
  #kept: Buffer | undefined;
  #bytes: Buffer | undefined;
  #at = 0;
  #isAdvancing = false;
  #isPaused = false;
  #isOver = false;

  // `settle` is called after kept bytes have been looked at again.
  constructor(stream: ByteStream, tools: CodecTools, step: InputStep, settle: () => void) {
    this.#stream = stream;
    this.#flusher = tools.flusher;
    this.#keptBytesMax = tools.limits.current.headBytesMax;
    this.#step = step;
    this.#advancing = {
      flush: () => {
        this.#advance();
        settle();
      },
    };
  }

  get hasKept(): boolean {
    return this.#kept !== undefined;
  }

  // Is a step under way? Then the loop around it goes on by itself.
  get isConsuming(): boolean {
    return this.#bytes !== undefined;
  }

  // Bytes behind those that were used last.
  get hasMore(): boolean {
    return this.hasKept || (this.#bytes !== undefined && this.#at < this.#bytes.length);
  }

  read(bytes: Buffer): void {
    if (this.#kept) {
      this.#kept = Buffer.concat([this.#kept, bytes]);
      return;
    }
    const at = this.#consume(bytes);
    // `bytes` is only lent to us.
    if (at < bytes.length && !this.#isOver) this.#kept = Buffer.from(bytes.subarray(at));
  }

  // By a step, before it calls anybody: how far it has come.
  used(at: number): void {
    this.#at = at;
  }

  // Looks at what was kept again. Later, because no event may come from inside the call that ended
  // the exchange before it.
  advanceLater(): void {
    if (this.#isAdvancing) return;
    this.#isAdvancing = true;
    this.#flusher.add(this.#advancing);
  }

  // What was kept and what still comes is dropped.
  close(): void {
    this.#isOver = true;
    this.#kept = undefined;
  }

  // Pauses the stream while nobody can take what it brings.
  limit(isStopped: boolean): void {
    const keptBytes = this.#kept?.length ?? 0;
    const isPaused = isStopped || keptBytes >= this.#keptBytesMax;
    if (isPaused === this.#isPaused) return;
    this.#isPaused = isPaused;
    if (isPaused) this.#stream.pause();
    else this.#stream.resume();
  }

  #advance(): void {
    this.#isAdvancing = false;
    const kept = this.#kept;
    if (!kept) return;
    this.#kept = undefined;
    const at = this.#consume(kept);
    if (at < kept.length && !this.#isOver) this.#kept = kept.subarray(at);
  }

  #consume(bytes: Buffer): number {
    this.#bytes = bytes;
    this.#at = 0;
    while (this.#at < bytes.length) {
      const at = this.#step(bytes, this.#at);
      if (at === STOPPED) break;
      this.#at = at;
    }
    this.#bytes = undefined;
    return this.#at;
  }
}
