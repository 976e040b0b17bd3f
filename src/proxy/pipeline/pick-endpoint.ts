// Hot path.

import type { Random } from "#base/random.ts";
import { pickTwo } from "#proxy/balancing/pick-two.ts";
import type { RequestHead } from "#proxy/exchange/heads.ts";
import type { Forwarding } from "./endpoint.ts";
import type { FailedTries } from "./failed-tries.ts";

// Its place among the endpoints; -1 where there is none, FULL where it would be one too many.
export function pickEndpoint(
  { picker, endpoints }: Forwarding,
  head: RequestHead,
  nowMs: number,
  random: Random,
  failed: FailedTries | undefined,
): number {
  const tried = failed?.endpoints;
  if (picker === undefined) return pickTwo(endpoints, nowMs, random, tried);
  return picker.pick(head, nowMs, random, tried);
}
