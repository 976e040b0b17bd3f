// What every codec needs from the process that it runs in.

import type { Clock } from "#base/clock.ts";
import type { Deadlines } from "#base/deadlines.ts";
import type { BlockPool } from "./block-pool.ts";
import type { TickFlusher } from "./tick-flusher.ts";

export type CodecTools = {
  readonly clock: Clock;
  readonly deadlines: Deadlines;
  readonly flusher: TickFlusher;
  readonly blocks: BlockPool;
};
