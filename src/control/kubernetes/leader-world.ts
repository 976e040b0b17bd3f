// What the leader's duties need.

import type { Clock } from "#base/clock.ts";
import type { Log } from "#base/log.ts";
import type { Random } from "#base/random.ts";
import type { ClusterApi } from "#kubernetes/cluster-api.ts";

export type LeaderWorld = {
  readonly api: ClusterApi;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  // PEM of the mesh's roots, now.
  trust(): readonly string[];
};
