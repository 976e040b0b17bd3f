// What a data plane takes from the world, so that a test or a simulator can be the world.

import type { Clock } from "#base/clock.ts";
import type { FileSystem } from "#base/file-system.ts";
import type { Log } from "#base/log.ts";
import type { Random } from "#base/random.ts";
import type { OverloadSampler } from "#proxy/overload/overload-sample.ts";
import type { WriteBytes } from "#proxy/telemetry/access-log.ts";
import type { Network } from "./network.ts";

export type World = {
  readonly clock: Clock;
  readonly random: Random;
  readonly files: FileSystem;
  readonly network: Network;
  // Runs a function once, at the end of the current tick.
  readonly endOfTick: (run: () => void) => void;
  readonly log: Log;
  // Where the access log goes; absent: its lines are lost.
  readonly writeOut?: WriteBytes;
  // What the process uses of what it has.
  readonly sampler: OverloadSampler;
};
