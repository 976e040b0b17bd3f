// A proxy's end of a connection, on which one read or write may go wrong.

import type { ByteStream, ByteStreamEvents } from "#proxy/transport/byte-stream.ts";
import type { MemoryStream } from "#proxy/transport/memory-stream.ts";
import { type Faults, STALL_MS } from "./fault.ts";
import type { VirtualTime } from "./virtual-time.ts";

const SLOW_MS = 2_000;
// That come one by one; a body of a megabyte would take minutes.
const SINGLE_BYTES_MAX = 2_048;

export class FaultyStream implements ByteStream, ByteStreamEvents {
  readonly #near: MemoryStream;
  readonly #far: MemoryStream;
  readonly #faults: Faults;
  readonly #time: VirtualTime;
  readonly #gone: (stream: FaultyStream) => void;
  #events: ByteStreamEvents | undefined;
  #isDeaf = false;
  #isPaused = false;
  #singlesLeft = 0;
  // What waits for the reader: bytes, then the end.
  #queue: (() => void)[] = [];
  // What waits for the peer to read on.
  #held: Uint8Array[] | undefined;
  #endIsHeld = false;

  constructor(
    [near, far]: readonly [near: MemoryStream, far: MemoryStream],
    faults: Faults,
    time: VirtualTime,
    gone: (stream: FaultyStream) => void,
  ) {
    this.#near = near;
    this.#far = far;
    this.#faults = faults;
    this.#time = time;
    this.#gone = gone;
  }

  // ---- ByteStream -------------------------------------------------------------------------------

  get remote(): string {
    return this.#near.remote;
  }

  get isTaken(): boolean {
    return this.#held === undefined;
  }

  get isBusy(): boolean {
    return false;
  }

  get isWritten(): boolean {
    return this.#held === undefined;
  }

  attach(events: ByteStreamEvents): void {
    this.#events = events;
    this.#near.attach(this);
  }

  write(bytes: Uint8Array): boolean {
    if (this.#held) return this.#hold(bytes);
    switch (this.#faults.next("write")) {
      case "error":
        this.#far.reset();
        return true;
      case "stall":
        this.#breakLater();
        this.#held = [];
        return this.#hold(bytes);
      case "slow":
        this.#time.after(SLOW_MS, () => this.#release());
        this.#held = [];
        return this.#hold(bytes);
      default:
        return this.#near.write(bytes);
    }
  }

  end(): void {
    if (this.#held) this.#endIsHeld = true;
    else this.#near.end();
  }

  destroy(): void {
    this.#queue = [];
    this.#near.destroy();
  }

  reset(): void {
    this.#queue = [];
    this.#near.reset();
  }

  pause(): void {
    this.#isPaused = true;
    this.#near.pause();
  }

  resume(): void {
    this.#isPaused = false;
    this.#time.schedule(() => this.#advance());
  }

  // ---- ByteStreamEvents -------------------------------------------------------------------------

  data(bytes: Uint8Array): void {
    if (this.#isDeaf) return;
    switch (this.#faults.next("read")) {
      case "error":
        this.#isDeaf = true;
        return this.#far.reset();
      case "end":
        this.#isDeaf = true;
        return this.#far.end();
      case "stall":
        this.#isDeaf = true;
        return this.#breakLater();
      case "sleep":
        this.#time.leap(STALL_MS);
        break;
      case "bytes":
        this.#singlesLeft = SINGLE_BYTES_MAX;
    }
    if (this.#singlesLeft === 0 && this.#queue.length === 0) return this.#events!.data(bytes);
    const singles = Math.min(this.#singlesLeft, bytes.length);
    this.#singlesLeft -= singles;
    for (let i = 0; i < singles; i++) this.#queueBytes(Uint8Array.of(bytes[i]!));
    if (singles < bytes.length) this.#queueBytes(Uint8Array.from(bytes.subarray(singles)));
    this.#advance();
  }

  ended(): void {
    this.#queue.push(() => this.#events!.ended());
    this.#advance();
  }

  drained(): void {
    if (!this.#held) this.#events!.drained();
  }

  closed(code: string): void {
    if (code !== "") this.#queue = [];
    this.#isPaused = false;
    this.#advance();
    this.#gone(this);
    this.#events!.closed(code);
  }

  // -----------------------------------------------------------------------------------------------

  // Nobody is there any more, and the system finds out.
  #breakLater(): void {
    this.#time.after(STALL_MS, () => {
      this.#far.reset();
      this.#near.destroy();
    });
  }

  #queueBytes(bytes: Uint8Array): void {
    this.#queue.push(() => this.#events!.data(bytes));
  }

  #advance(): void {
    while (this.#queue.length > 0 && !this.#isPaused) this.#queue.shift()!();
    if (!this.#isPaused) this.#near.resume();
  }

  #hold(bytes: Uint8Array): false {
    this.#held!.push(Uint8Array.from(bytes));
    return false;
  }

  #release(): void {
    const held = this.#held!;
    this.#held = undefined;
    for (const bytes of held) this.#near.write(bytes);
    if (this.#endIsHeld) this.#near.end();
    else this.#time.schedule(() => this.#events!.drained());
  }
}
