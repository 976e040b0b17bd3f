// A request that somebody watches: who sees it at once, and who perhaps when it is over.

import type { TapAnswer, TapRequest, TapWatch, TapWithheld } from "#snapshot/tap.ts";
import type { KeptBodies } from "./tap-bodies/body-keeper.ts";

export class TapTicket {
  readonly stream: number;
  readonly now: readonly TapWatch[];
  readonly later: readonly TapWatch[];
  request: TapRequest | undefined;
  answer: TapAnswer | undefined;
  // Of its bodies, where somebody wants them; else why not.
  kept: KeptBodies | undefined;
  withheld: TapWithheld = "forbidden";

  constructor(stream: number, now: readonly TapWatch[], later: readonly TapWatch[]) {
    this.stream = stream;
    this.now = now;
    this.later = later;
  }
}
