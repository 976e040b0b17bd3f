// Hot path.
//
// What a connection is about to send. Pieces are copied into one block and leave together: at the
// end of the tick, or when the block is full, after it was exchanged for a larger one. The block
// goes back to a shared pool as soon as the kernel has it, so an idle connection owns none.
//
// While the stream is busy with one write, the next one is collected. TLS is busy until the next
// tick, and what it is given meanwhile Node would keep, put together in a buffer of its own and
// then leave to the collector: with what queues allocated, half of what a body of 1 MiB cost.

import { writeLatin1 } from "#base/latin1.ts";
import { LIMITS } from "#base/limits.ts";
import type { BlockPool } from "./block-pool.ts";
import type { ByteStream } from "./byte-stream.ts";
import type { TickFlusher } from "./tick-flusher.ts";

export class Outgoing {
  readonly #stream: ByteStream;
  readonly #flusher: TickFlusher;
  readonly #pool: BlockPool;
  #block: Buffer | undefined;
  #length = 0;
  #bytesSent = 0;
  #isWaiting = false;
  #isRefused = false;
  #isClosed = false;

  constructor(stream: ByteStream, flusher: TickFlusher, pool: BlockPool) {
    this.#stream = stream;
    this.#flusher = flusher;
    this.#pool = pool;
  }

  // The peer reads too slowly: produce nothing more until the stream's `drained`, and then call
  // `unblock`.
  get isBlocked(): boolean {
    return this.#isRefused || (this.#length >= LIMITS.writeAheadBytes && this.#stream.isBusy);
  }

  get bytesWaiting(): number {
    return this.#length;
  }

  // All that was ever given to the stream. What stands in `block` at index i is byte number
  // `bytesSent + i` of the connection.
  get bytesSent(): number {
    return this.#bytesSent;
  }

  // Characters above U+00FF must not occur: one character is one byte.
  text(latin1: string): void {
    const length = latin1.length;
    if (length > this.#pool.blockBytes) return this.bytes(Buffer.from(latin1, "latin1"));
    const at = this.reserve(length);
    writeLatin1(this.#block!, latin1, at);
  }

  bytes(chunk: Uint8Array): void {
    let from = 0;
    while (from < chunk.length) {
      if (this.#room() === 0) this.#makeRoom();
      const taken = Math.min(chunk.length - from, this.#room());
      const at = this.reserve(taken);
      this.#block!.set(
        from === 0 && taken === chunk.length ? chunk : chunk.subarray(from, from + taken),
        at,
      );
      from += taken;
    }
  }

  // Makes room for `length` bytes (at most a block) that the caller writes into `block` at the
  // returned index, before it calls anything else here.
  reserve(length: number): number {
    if (length > this.#room()) this.#makeRoom();
    this.#block ??= this.#pool.take();
    if (!this.#isWaiting) {
      this.#isWaiting = true;
      this.#flusher.add(this);
    }
    const at = this.#length;
    this.#length += length;
    return at;
  }

  // The last `length` bytes of what `reserve` returned weren't needed.
  giveBack(length: number): void {
    this.#length -= length;
  }

  get block(): Buffer {
    return this.#block!;
  }

  // By the flusher, at the end of the tick.
  flush(): void {
    this.#isWaiting = false;
    if (!this.#stream.isBusy) this.#send();
  }

  #room(): number {
    return (this.#block ? this.#block.length : this.#pool.blockBytes) - this.#length;
  }

  // At least a block of it.
  #makeRoom(): void {
    const block = this.#block;
    if (!block || block.length > this.#pool.blockBytes) return this.#send();
    const bulk = this.#pool.takeBulk();
    bulk.set(block.subarray(0, this.#length));
    this.#pool.give(block);
    this.#block = bulk;
  }

  #send(): void {
    const block = this.#block;
    if (!block || this.#length === 0) return;
    const bytes = block.subarray(0, this.#length);
    this.#block = undefined;
    this.#bytesSent += this.#length;
    this.#length = 0;
    if (this.#isClosed) return this.#pool.give(block);
    if (!this.#stream.write(bytes)) this.#isRefused = true;
    // Else the stream still holds it, and the collector gets it later.
    if (this.#stream.isTaken) this.#pool.give(block);
  }

  unblock(): void {
    this.#isRefused = false;
    if (this.#length === 0 || this.#isWaiting) return;
    this.#isWaiting = true;
    this.#flusher.add(this);
  }

  // Sends what waits, then closes our direction.
  end(): void {
    if (this.#isClosed) return;
    this.#send();
    this.#isClosed = true;
    this.#stream.end();
  }

  // The stream is gone: whatever still comes is dropped.
  close(): void {
    this.#isClosed = true;
    this.#length = 0;
    if (this.#block) this.#pool.give(this.#block);
    this.#block = undefined;
  }
}
