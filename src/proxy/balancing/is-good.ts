// Hot path.

import type { Loaded } from "./balancer.ts";

// Not to be passed over: reachable a moment ago, not ejected, and not tried by this request.
export function isGood(
  endpoint: Loaded,
  nowMs: number,
  tried: readonly Loaded[] | undefined,
): boolean {
  const { load, health } = endpoint;
  if (load.isAvoided(nowMs) || tried?.includes(endpoint)) return false;
  return health === undefined || !health.isEjected(nowMs);
}
