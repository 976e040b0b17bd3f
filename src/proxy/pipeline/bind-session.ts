// The endpoints that a route's sessions may name.

import { createHash } from "node:crypto";
import type { Clock } from "#base/clock.ts";
import { backendKey } from "#snapshot/backend-key.ts";
import type { BackendPlan, RoutePlan } from "#snapshot/plan.ts";
import { endpointKey } from "./endpoint-key.ts";
import { RouteSession, type Seat } from "./route-session.ts";

const NAME_DIGITS = 16;

export function bindSession(
  { session, action }: RoutePlan,
  backends: readonly BackendPlan[],
  clock: Clock,
): RouteSession | undefined {
  if (!session) return undefined;
  const names = backends.map(namesOf);
  const seats = new Map<string, Seat>();
  action.backends.forEach(({ backend: backendIndex }, choice) => {
    for (const [at, name] of names[backendIndex]!.entries()) {
      if (!seats.has(name)) seats.set(name, { backendIndex, choice, at, name });
    }
  });
  return new RouteSession(session, clock, seats, names);
}

function namesOf(backend: BackendPlan): readonly string[] {
  if (backend.kind !== "endpoints") return [];
  const key = backendKey(backend);
  return backend.endpoints.map((endpoint) => {
    const hash = createHash("sha256").update(`${key} ${endpointKey(endpoint)}`);
    return hash.digest("hex").slice(0, NAME_DIGITS);
  });
}
