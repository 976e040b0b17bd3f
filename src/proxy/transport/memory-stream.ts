// Two ends of a connection without a kernel: what one end writes, the other reads, later and never
// from inside the call. For tests and for a simulator.
//
// Like a socket it keeps half-open connections: an end that was told `ended` may still write, and
// `closed` comes when both directions are closed or the end itself is destroyed. Writing to an end
// that is gone closes the writer with ECONNRESET, and so does a reset, at once.

import type { ByteStream, ByteStreamEvents } from "./byte-stream.ts";

export type MemoryStreamPair = readonly [MemoryStream, MemoryStream];

// `schedule` runs a function once, later: setImmediate, or a simulator's own.
export function memoryStreamPair(
  schedule: (run: () => void) => void = setImmediate,
  highWaterBytes = 64 * 1024,
): MemoryStreamPair {
  const left = new MemoryStream("127.0.0.1:1", schedule, highWaterBytes);
  const right = new MemoryStream("127.0.0.1:2", schedule, highWaterBytes);
  left.connect(right);
  right.connect(left);
  return [left, right];
}

export class MemoryStream implements ByteStream {
  readonly remote: string;
  readonly #schedule: (run: () => void) => void;
  readonly #highWaterBytes: number;
  #peer: MemoryStream | undefined;
  #events: ByteStreamEvents | undefined;
  #incoming: Uint8Array[] = [];
  #incomingBytes = 0;
  #isPaused = false;
  #isScheduled = false;
  #peerHasEnded = false;
  #hasSeenEnd = false;
  #hasEnded = false;
  #isBlocked = false;
  #isDestroyed = false;
  #isClosed = false;
  #code = "";

  constructor(remote: string, schedule: (run: () => void) => void, highWaterBytes: number) {
    this.remote = remote;
    this.#schedule = schedule;
    this.#highWaterBytes = highWaterBytes;
  }

  connect(peer: MemoryStream): void {
    this.#peer = peer;
  }

  attach(events: ByteStreamEvents): void {
    this.#events = events;
    this.#wake();
  }

  write(bytes: Uint8Array): boolean {
    const peer = this.#peer!;
    if (this.#hasEnded || this.#isDestroyed) return true;
    if (peer.#isDestroyed) this.#die("ECONNRESET");
    peer.#incoming.push(Uint8Array.from(bytes));
    peer.#incomingBytes += bytes.length;
    peer.#wake();
    this.#isBlocked = peer.#incomingBytes >= this.#highWaterBytes;
    return !this.#isBlocked;
  }

  get isTaken(): boolean {
    return true;
  }

  get isBusy(): boolean {
    return false;
  }

  get isWritten(): boolean {
    return true;
  }

  end(): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    this.#peer!.#peerHasEnded = true;
    this.#peer!.#wake();
    this.#wake();
  }

  destroy(): void {
    this.#die("");
  }

  reset(): void {
    if (this.#isDestroyed) return;
    this.#die("");
    this.#peer!.#die("ECONNRESET");
  }

  pause(): void {
    this.#isPaused = true;
  }

  resume(): void {
    this.#isPaused = false;
    this.#wake();
  }

  #die(code: string): void {
    if (this.#isDestroyed) return;
    this.end();
    this.#isDestroyed = true;
    this.#code = code;
    this.#incoming = [];
    this.#incomingBytes = 0;
    this.#wake();
  }

  #wake(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    this.#schedule(() => {
      this.#isScheduled = false;
      this.#deliver();
    });
  }

  #deliver(): void {
    const events = this.#events;
    if (!events || this.#isClosed) return;
    while (this.#incoming.length > 0 && !this.#isPaused && !this.#isDestroyed) {
      const bytes = this.#incoming.shift()!;
      this.#incomingBytes -= bytes.length;
      events.data(bytes);
      // Nobody may keep what it was lent.
      bytes.fill(0xee);
      this.#peer!.#unblock();
    }
    const isDrained = this.#incoming.length === 0 && !this.#isPaused;
    if (isDrained && this.#peerHasEnded && !this.#hasSeenEnd && !this.#isDestroyed) {
      this.#hasSeenEnd = true;
      events.ended();
    }
    if (!this.#isDestroyed && !(this.#hasSeenEnd && this.#hasEnded)) return;
    this.#isClosed = true;
    this.#isDestroyed = true;
    events.closed(this.#code);
  }

  #unblock(): void {
    if (!this.#isBlocked || this.#peer!.#incomingBytes > 0) return;
    this.#isBlocked = false;
    this.#schedule(() => {
      if (!this.#isClosed) this.#events?.drained();
    });
  }
}
