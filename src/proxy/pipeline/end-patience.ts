// Who stops for good waits for nobody who may be back in a moment: most likely they stop as well,
// and its application hears no answer any more.

import type { LimitPair } from "#base/limits.ts";
import type { LimitsInForce } from "#base/limits-in-force.ts";
import type { Destinations } from "./destinations.ts";

export function endPatience(limits: LimitsInForce, destinations: Destinations): void {
  const pairs = Object.entries(limits.current) as LimitPair[];
  const patience = ["connectPatienceMs", "endpointWaitMs", "drainPatienceMs"] as const;
  limits.replace([...pairs, ...patience.map((name): LimitPair => [name, 0])]);
  destinations.endWaiting();
}
