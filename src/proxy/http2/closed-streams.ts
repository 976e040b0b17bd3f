// Hot path.
//
// What became of the streams that closed last. Frames that the peer sent before it saw our
// RST_STREAM are no offence; frames after its own end are.

import { LIMITS } from "#base/limits.ts";

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

  note(id: number, isResetByUs: boolean): void {
    this.#forgottenUpTo = Math.max(this.#forgottenUpTo, Math.abs(this.#ring[this.#next]!));
    this.#ring[this.#next] = isResetByUs ? -id : id;
    this.#next = (this.#next + 1) % this.#ring.length;
  }

  // Of a stream without a record, whose id isn't above the highest one used.
  find(id: number): ClosedHow {
    if (this.#ring.includes(-id)) return "reset-by-us";
    if (this.#ring.includes(id)) return "ended-by-peer";
    return id <= this.#forgottenUpTo ? "forgotten" : "never-opened";
  }
}
