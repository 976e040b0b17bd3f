// Hot path.
//
// How many bytes of requests may be kept in one process to be sent again, or to others. Whoever
// finds them spent does without.

import { LIMITS } from "#base/limits.ts";

export class ByteAllowance {
  #bytesFree: number;

  constructor(bytesMax: number = LIMITS.bodyCopiesBytesMax) {
    this.#bytesFree = bytesMax;
  }

  has(bytes: number): boolean {
    return bytes <= this.#bytesFree;
  }

  // Also more than there is; then nobody else has any.
  take(bytes: number): void {
    this.#bytesFree -= bytes;
  }

  give(bytes: number): void {
    this.#bytesFree += bytes;
  }
}
