// A request that somebody watches: who sees it at once, and who perhaps when it is over.

import type { TapAnswer, TapRequest, TapWatch } from "#snapshot/tap.ts";

export class TapTicket {
  readonly stream: number;
  readonly now: readonly number[];
  readonly later: readonly TapWatch[];
  request: TapRequest | undefined;
  answer: TapAnswer | undefined;

  constructor(stream: number, now: readonly number[], later: readonly TapWatch[]) {
    this.stream = stream;
    this.now = now;
    this.later = later;
  }
}
