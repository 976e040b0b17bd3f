// Hot path.
//
// An open tunnel as a connection, so that a codec can speak inside it what it speaks on a socket.
//
//   downstream codec --RequestEvents--> TunnelStream --ByteStreamEvents--> inner codec
//                    <--DownstreamStream--           <--ByteStream--

import type { DownstreamStream, RequestEvents } from "#proxy/exchange/exchange.ts";
import type { Failure } from "#proxy/exchange/failure.ts";
import type { ByteStream, ByteStreamEvents } from "#proxy/transport/byte-stream.ts";
import { HeldBytes } from "#proxy/transport/held-bytes.ts";

// What a tunnel needs of the stream that carries it; whoever asked for one has no more.
export type TunnelEnd = Pick<DownstreamStream, "write" | "end" | "reset" | "pause" | "resume">;

export type Tunnel = {
  // For the codec inside.
  readonly stream: ByteStream;
  // For the codec outside: what `RequestAcceptor.request` returns.
  readonly events: RequestEvents;
};

// `downstream` has been told that the tunnel is open, before anything is written.
export function tunnelStream(downstream: TunnelEnd, remote: string): Tunnel {
  const stream = new TunnelStream(downstream, remote);
  return { stream, events: stream.fromDownstream };
}

const BROKEN_OFF: Failure = {
  code: "downstream-reset",
  side: "downstream",
  retry: "never",
  detail: "What was spoken inside the tunnel came to an end before the tunnel did",
};

class TunnelStream implements ByteStream {
  readonly remote: string;
  // The outer codec keeps no bytes that it is given.
  readonly isTaken = true;
  readonly isBusy = false;
  readonly isWritten = true;
  readonly fromDownstream: RequestEvents;
  readonly #downstream: TunnelEnd;
  #events: ByteStreamEvents | undefined;
  readonly #held = new HeldBytes();
  #isTurnDue = false;
  #isPaused = false;
  #hasEnded = false;
  #hasPeerEnded = false;
  #isEndTold = false;
  // Nothing goes either way any more; `closed` may still have to be told, with this code.
  #isOver = false;
  #isClosedTold = false;
  #code = "";

  constructor(downstream: TunnelEnd, remote: string) {
    this.#downstream = downstream;
    this.remote = remote;
    this.fromDownstream = {
      data: (chunk) => this.#read(chunk),
      end: () => this.#peerEnded(),
      fail: () => this.#failed(),
      drained: () => {
        if (!this.#isOver) this.#events?.drained();
      },
    };
  }

  attach(events: ByteStreamEvents): void {
    this.#events = events;
    if (this.#held.length > 0 || this.#hasPeerEnded || this.#isOver) this.#scheduleTurn();
  }

  write(bytes: Uint8Array): boolean {
    return this.#isOver || this.#hasEnded || this.#downstream.write(bytes);
  }

  end(): void {
    if (this.#isOver || this.#hasEnded) return;
    this.#hasEnded = true;
    this.#downstream.end();
    if (this.#isEndTold) this.#close("");
  }

  destroy(): void {
    if (this.#isOver) return;
    this.#close("");
    this.#downstream.reset(BROKEN_OFF);
  }

  reset(): void {
    this.destroy();
  }

  pause(): void {
    if (this.#isPaused || this.#isOver) return;
    this.#isPaused = true;
    this.#downstream.pause();
  }

  resume(): void {
    if (!this.#isPaused || this.#isOver) return;
    this.#isPaused = false;
    if (this.#held.length > 0 || this.#hasPeerEnded) this.#scheduleTurn();
    else this.#downstream.resume();
  }

  #isHolding(): boolean {
    return this.#events === undefined || this.#isPaused || this.#held.length > 0;
  }

  // A codec that was asked to pause may still deliver what it has in hand.
  #read(chunk: Uint8Array): void {
    if (this.#isOver) return;
    if (!this.#isHolding()) return this.#events!.data(chunk);
    if (this.#held.length === 0) this.#downstream.pause();
    this.#held.add(chunk);
  }

  #peerEnded(): void {
    this.#hasPeerEnded = true;
    if (!this.#isOver && !this.#isHolding()) this.#tellEnd();
  }

  #failed(): void {
    if (this.#isOver) return;
    this.#close("ECONNRESET");
  }

  #close(code: string): void {
    this.#isOver = true;
    this.#code = code;
    this.#held.clear();
    this.#scheduleTurn();
  }

  // What a call causes comes later, in a turn of its own.
  #scheduleTurn(): void {
    if (this.#isTurnDue) return;
    this.#isTurnDue = true;
    process.nextTick(() => this.#takeTurn());
  }

  #takeTurn(): void {
    this.#isTurnDue = false;
    const events = this.#events;
    if (!events) return;
    if (!this.#isOver && !this.#isPaused) this.#deliver(events);
    if (!this.#isOver || this.#isClosedTold) return;
    this.#isClosedTold = true;
    events.closed(this.#code);
  }

  #deliver(events: ByteStreamEvents): void {
    if (this.#held.length > 0) events.data(this.#held.take());
    // Which may have paused it, or ended it.
    if (this.#isOver || this.#isPaused) return;
    if (!this.#hasPeerEnded) this.#downstream.resume();
    else if (!this.#isEndTold) this.#tellEnd();
  }

  #tellEnd(): void {
    this.#isEndTold = true;
    this.#events!.ended();
    if (this.#hasEnded && !this.#isOver) this.#close("");
  }
}
