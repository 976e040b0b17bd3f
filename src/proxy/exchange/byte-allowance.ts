// Hot path.
//
// How many bytes of requests may be kept in one process to be sent again, or to others. Whoever
// finds them spent does without.

import { LIMITS } from "#base/limits.ts";

export class ByteAllowance {
  readonly #bytesMax: number;
  #bytes = 0;

  constructor(bytesMax: number = LIMITS.bodyCopiesBytesMax) {
    this.#bytesMax = bytesMax;
  }

  // That are kept now.
  get bytes(): number {
    return this.#bytes;
  }

  has(bytes: number): boolean {
    return this.#bytes + bytes <= this.#bytesMax;
  }

  // Also more than there is; then nobody else has any.
  take(bytes: number): void {
    this.#bytes += bytes;
  }

  give(bytes: number): void {
    this.#bytes -= bytes;
  }
}
