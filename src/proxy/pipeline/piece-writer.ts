// Sends an answer that is made while it is sent: for at most a millisecond at a time, so that no
// request waits longer for it, and no faster than it is read.

import type { Clock } from "#base/clock.ts";
import { LIMITS } from "#base/limits.ts";
import type { DownstreamStream, RequestEvents } from "#proxy/exchange/exchange.ts";
import { LENGTH_UNKNOWN } from "#proxy/exchange/heads.ts";

export type Pieces = {
  readonly status: number;
  readonly type: string;
  readonly body: Iterable<string>;
  readonly isHead: boolean;
};

const SLICE_MS = 1;
const CHARACTERS_AT_ONCE = 65_536;

export class PieceWriter {
  readonly #clock: Clock;
  // Runs a function when all else that waits has had its turn.
  readonly #later: (run: () => void) => void;
  #sending = 0;

  constructor(clock: Clock, later: (run: () => void) => void) {
    this.#clock = clock;
    this.#later = later;
  }

  send(stream: DownstreamStream, { status, type, body, isHead }: Pieces): RequestEvents {
    if (isHead || this.#sending >= LIMITS.scrapesMax) {
      const told = isHead ? status : 503;
      stream.respond({ status: told, headers: ["content-type", type], contentLength: 0 });
      stream.end();
      return { data() {}, end() {}, fail() {}, drained() {} };
    }
    this.#sending++;
    stream.respond({ status, headers: ["content-type", type], contentLength: LENGTH_UNKNOWN });
    const pieces = body[Symbol.iterator]();
    let isOver = false;
    let isFull = false;
    const over = (): void => {
      if (!isOver) this.#sending--;
      isOver = true;
    };
    const go = (): void => {
      if (isOver) return;
      const { text, isLast } = this.#slice(pieces);
      isFull = text !== "" && !stream.write(Buffer.from(text));
      if (isLast) {
        stream.end();
        over();
      } else if (!isFull) this.#later(go);
    };
    const drained = (): void => {
      if (isFull) this.#later(go);
      isFull = false;
    };
    go();
    return { data() {}, end() {}, fail: over, drained };
  }

  #slice(pieces: Iterator<string>): { readonly text: string; readonly isLast: boolean } {
    const endMs = this.#clock.nowMs() + SLICE_MS;
    let text = "";
    while (text.length < CHARACTERS_AT_ONCE) {
      const { done, value } = pieces.next();
      if (done) return { text, isLast: true };
      text += value;
      if (this.#clock.nowMs() >= endMs) break;
    }
    return { text, isLast: false };
  }
}
