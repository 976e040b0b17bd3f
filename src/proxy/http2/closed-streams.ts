// Hot path.
//
// What became of the streams that closed last. Frames that the peer sent before it saw our
// RST_STREAM are no offence; frames after its own end are.
//
// DATA that was on its way is bounded by the windows of the streams that we reset, and all of it
// together by the connection's. An honest peer can't send more, however late it hears of a reset;
// who does goes on in spite of it.

import { LIMITS, type Limits } from "#base/limits.ts";

export type ClosedHow =
  // Frames may have been on their way.
  | "reset-by-us"
  // The peer itself said that nothing would follow.
  | "ended-by-peer"
  // Too long ago to tell.
  | "forgotten"
  | "never-opened";

export class ClosedStreams {
  // Stream ids; negative for those that we reset.
  readonly #ring = new Int32Array(LIMITS.closedStreamsRemembered);
  #next = 0;
  #forgottenUpTo = 0;
  readonly #lateBytesMax: number;
  #lateBytesLeft = 0;

  constructor({ connectionWindowBytes, streamsPerConnectionMax }: Limits) {
    // An empty frame that ends the stream needs no window: it costs 1, and each reset allows one.
    this.#lateBytesMax = connectionWindowBytes + streamsPerConnectionMax;
  }

  // `windowBytes`: what the peer may have sent already.
  note(id: number, isResetByUs: boolean, windowBytes: number): void {
    if (isResetByUs) {
      this.#lateBytesLeft = Math.min(this.#lateBytesMax, this.#lateBytesLeft + windowBytes + 1);
    }
    this.#forgottenUpTo = Math.max(this.#forgottenUpTo, Math.abs(this.#ring[this.#next]!));
    this.#ring[this.#next] = isResetByUs ? -id : id;
    this.#next = (this.#next + 1) % this.#ring.length;
  }

  // DATA came for a stream that we reset. False: more than can have been on its way.
  takeLate(bytes: number): boolean {
    this.#lateBytesLeft -= Math.max(1, bytes);
    return this.#lateBytesLeft >= 0;
  }

  // Of a stream without a record, whose id isn't above the highest one used.
  find(id: number): ClosedHow {
    if (this.#ring.includes(-id)) return "reset-by-us";
    if (this.#ring.includes(id)) return "ended-by-peer";
    return id <= this.#forgottenUpTo ? "forgotten" : "never-opened";
  }
}
