// Hot path.
//
// A connection of which something has been read already: it delivers that first, and then what
// comes. Nothing more is read until somebody attaches.

import type { ByteStream, ByteStreamEvents } from "#proxy/transport/byte-stream.ts";
import type { HeldBytes } from "#proxy/transport/held-bytes.ts";

export class ReplayStream implements ByteStream {
  readonly #stream: ByteStream;
  readonly #held: HeldBytes;
  #hasEnded: boolean;
  #events: ByteStreamEvents | undefined;
  #isTurnDue = false;
  #isPaused = false;
  // Closed before anybody attached, or before it read what was held.
  #closedCode: string | undefined;
  #isReplayed = false;
  #isGone = false;

  // `hasEnded`: so has the peer.
  constructor(stream: ByteStream, held: HeldBytes, hasEnded: boolean) {
    this.#stream = stream;
    this.#held = held;
    this.#hasEnded = hasEnded;
    stream.pause();
    stream.attach({
      // What was in hand.
      data: (bytes) => held.add(bytes),
      ended: () => {
        this.#hasEnded = true;
        this.#scheduleTurn();
      },
      drained: () => this.#events?.drained(),
      closed: (code) => {
        this.#closedCode = code;
        this.#scheduleTurn();
      },
    });
  }

  get remote(): string {
    return this.#stream.remote;
  }

  get isTaken(): boolean {
    return this.#stream.isTaken;
  }

  get isBusy(): boolean {
    return this.#stream.isBusy;
  }

  get isWritten(): boolean {
    return this.#stream.isWritten;
  }

  // Of what was read, leaves out the first ones: a header that was for us.
  drop(bytes: number): void {
    const rest = this.#held.take().subarray(bytes);
    this.#held.add(rest);
  }

  attach(events: ByteStreamEvents): void {
    this.#events = events;
    if (this.#isReplayed) this.#stream.attach(events);
    else this.#scheduleTurn();
  }

  write(bytes: Uint8Array): boolean {
    return this.#stream.write(bytes);
  }

  end(): void {
    this.#stream.end();
  }

  destroy(): void {
    this.#leave();
    this.#stream.destroy();
  }

  reset(): void {
    this.#leave();
    this.#stream.reset();
  }

  pause(): void {
    this.#isPaused = true;
    if (this.#isReplayed) this.#stream.pause();
  }

  resume(): void {
    this.#isPaused = false;
    if (this.#isReplayed) this.#stream.resume();
    else this.#scheduleTurn();
  }

  #leave(): void {
    this.#isGone = true;
    this.#held.clear();
  }

  #scheduleTurn(): void {
    if (this.#isTurnDue || this.#isReplayed) return;
    this.#isTurnDue = true;
    process.nextTick(() => this.#takeTurn());
  }

  #takeTurn(): void {
    this.#isTurnDue = false;
    const events = this.#events;
    if (!events) return;
    if (this.#held.length > 0 && !this.#isPaused) events.data(this.#held.take());
    if (this.#closedCode !== undefined) return this.#tellClosed(events, this.#closedCode);
    if (this.#held.length > 0 || this.#isPaused) return;
    this.#isReplayed = true;
    // It may have attached another one meanwhile.
    this.#stream.attach(this.#events!);
    if (this.#isGone) return;
    if (this.#hasEnded) this.#events!.ended();
    else this.#stream.resume();
  }

  #tellClosed(events: ByteStreamEvents, code: string): void {
    this.#isReplayed = true;
    events.closed(code);
  }
}
