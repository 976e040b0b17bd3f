// What every codec needs from the process that it runs in.

import type { Clock } from "#base/clock.ts";
import type { Deadlines } from "#base/deadlines.ts";
import type { LimitsInForce } from "#base/limits-in-force.ts";
import type { BlockPool } from "./block-pool.ts";
import type { BufferBudget } from "./buffer-budget.ts";
import type { TickFlusher } from "./tick-flusher.ts";

export type CodecTools = {
  readonly clock: Clock;
  readonly deadlines: Deadlines;
  readonly limits: LimitsInForce;
  readonly flusher: TickFlusher;
  readonly blocks: BlockPool;
  // For what is kept while its reader pauses; without it each connection has only its own limit.
  readonly buffers?: BufferBudget;
};
