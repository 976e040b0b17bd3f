// Hot path.
//
// A stream for a tunnel that is asked for before it is known whether the connection that it is for
// will use it. Shut, it holds what comes out of the tunnel, up to one read buffer, and lets nothing
// in; then it opens onto the connection, or the tunnel is let go.
//
//   shut -> open                     the tunnel carries the connection
//        -> leaving -> gone          it is told the end, and may take leave
//        -> gone                     it has come to nothing by itself

import { LIMITS } from "#base/limits.ts";
import type { ByteStream, ByteStreamEvents } from "#proxy/transport/byte-stream.ts";
import { HeldBytes } from "#proxy/transport/held-bytes.ts";

export type GateEvents = {
  // All that has come out of the tunnel so far, valid only during the call, in which the gate may
  // be opened.
  spoke(bytes: Uint8Array): void;
  // The tunnel has come to nothing before the gate was opened.
  failed(): void;
};

export class GateStream implements ByteStream {
  readonly remote: string;
  readonly #gateEvents: GateEvents;
  readonly #held = new HeldBytes();
  #state: "shut" | "open" | "leaving" | "gone" = "shut";
  #stream: ByteStream | undefined;
  #events: ByteStreamEvents | undefined;
  #isPaused = false;
  #isBlocked = false;
  #hasEnded = false;

  constructor(remote: string, events: GateEvents) {
    this.remote = remote;
    this.#gateEvents = events;
  }

  // ---- by who decides ---------------------------------------------------------------------------

  get isGone(): boolean {
    return this.#state === "gone";
  }

  open(stream: ByteStream): void {
    this.#state = "open";
    this.#stream = stream;
    if (this.#isPaused) stream.pause();
    stream.attach(this.#events!);
    const isTaken = this.#held.length === 0 || stream.write(this.#held.take());
    if (this.#hasEnded) stream.end();
    if (this.#isBlocked && isTaken) process.nextTick(() => this.#events!.drained());
  }

  // Nobody will use the tunnel: what is at its other end is told in order.
  leave(): void {
    if (this.#state !== "shut") return;
    this.#state = "leaving";
    this.#held.clear();
    if (this.#hasEnded) return this.close("");
    process.nextTick(() => {
      if (this.#state === "leaving") this.#events!.ended();
    });
  }

  // The same at once.
  close(code: string): void {
    if (this.#state === "open" || this.#state === "gone") return;
    this.#state = "gone";
    this.#held.clear();
    process.nextTick(() => this.#events!.closed(code));
  }

  // ---- by the tunnel ----------------------------------------------------------------------------

  // What is held was copied.
  get isTaken(): boolean {
    return this.#stream === undefined || this.#stream.isTaken;
  }

  get isBusy(): boolean {
    return this.#stream?.isBusy ?? false;
  }

  get isWritten(): boolean {
    return this.#stream === undefined || this.#stream.isWritten;
  }

  attach(events: ByteStreamEvents): void {
    this.#events = events;
    this.#stream?.attach(events);
  }

  write(bytes: Uint8Array): boolean {
    if (this.#stream) return this.#stream.write(bytes);
    if (this.#state !== "shut") return true;
    this.#held.add(bytes);
    this.#isBlocked = this.#held.length >= LIMITS.readBufferBytes;
    this.#gateEvents.spoke(this.#held.bytes);
    return !this.#isBlocked;
  }

  end(): void {
    if (this.#stream) return this.#stream.end();
    this.#hasEnded = true;
    if (this.#state === "leaving") this.close("");
  }

  destroy(): void {
    if (this.#stream) return this.#stream.destroy();
    this.#fail();
  }

  reset(): void {
    if (this.#stream) return this.#stream.reset();
    this.#fail();
  }

  pause(): void {
    this.#isPaused = true;
    this.#stream?.pause();
  }

  resume(): void {
    this.#isPaused = false;
    this.#stream?.resume();
  }

  #fail(): void {
    const wasShut = this.#state === "shut";
    this.close("");
    if (wasShut) this.#gateEvents.failed();
  }
}
