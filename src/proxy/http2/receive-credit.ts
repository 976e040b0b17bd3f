// Hot path.
//
// The connection's receive window. What came is credited on receipt, read or not: the windows of
// the streams hold a sender back, and no unread stream may stall its neighbours.

import { WINDOW_BYTES_INITIAL } from "./frame-types.ts";
import type { FrameWriter } from "./frame-writer.ts";

// Credit goes back when this part of the window has come, so that one frame serves many.
const CREDIT_PARTS = 8;

export class ReceiveCredit {
  readonly #writer: FrameWriter;
  readonly #windowBytes: number;
  #left = WINDOW_BYTES_INITIAL;

  constructor(writer: FrameWriter, windowBytes: number) {
    this.#writer = writer;
    this.#windowBytes = windowBytes;
  }

  // DATA of this size came. False: the peer wasn't allowed to send it.
  take(bytes: number): boolean {
    this.#left -= bytes;
    return this.#left >= 0;
  }

  giveBack(): void {
    const missing = this.#windowBytes - this.#left;
    if (missing * CREDIT_PARTS < this.#windowBytes) return;
    this.#left += missing;
    this.#writer.windowUpdate(0, missing);
  }
}
