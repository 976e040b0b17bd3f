// The plans that a proxy runs on at one revision. Never changed: an update makes the next table,
// and one assignment puts it in force. An exchange reads the slot once, at its start.

import assert from "node:assert/strict";
import { isDeepStrictEqual } from "node:util";
import type { PlacePlan } from "#snapshot/locality-plan.ts";
import type { Update } from "#snapshot/messages.ts";
import type { InboundPlan, OutboundPlan } from "#snapshot/plan.ts";
import type { Destination } from "./destination.ts";

export type PlanTable = {
  readonly revision: number;
  readonly keys: ReadonlyMap<string, KeySlot>;
  readonly destinations: ReadonlyMap<string, Destination>; // by plan id
  readonly inbound: InboundPlan | undefined;
};

export type KeySlot = {
  // null: nothing answers the key, and an update will tell when that changes.
  readonly destination: Destination | null;
  usedAtMs: number;
};

export const EMPTY_TABLE: PlanTable = {
  revision: 0,
  keys: new Map(),
  destinations: new Map(),
  inbound: undefined,
};

export function nextTable(
  before: PlanTable,
  update: Update,
  bind: (plan: OutboundPlan, place: PlacePlan | undefined) => Destination,
  nowMs: number,
): PlanTable {
  assert.ok(update.revision >= before.revision, "a proxy never goes back to an older revision");
  const inbound = update.inbound ?? before.inbound;
  const place = inbound?.place;
  const destinations = new Map(before.destinations);
  // Who is near has changed for all of them.
  const hasMoved = !isDeepStrictEqual(place, before.inbound?.place);
  const moved = hasMoved ? [...destinations.values()].map(({ plan }) => plan) : [];
  for (const plan of [...moved, ...update.plans]) destinations.set(plan.id, bind(plan, place));
  const keys = new Map<string, KeySlot>();
  for (const [key, { destination, usedAtMs }] of before.keys) {
    const id = destination?.plan.id;
    const bound = id === undefined ? null : (destinations.get(id) ?? null);
    keys.set(key, { destination: bound, usedAtMs });
  }
  for (const [key, id] of update.keys) {
    const destination = id === null ? null : destinations.get(id);
    assert.ok(destination !== undefined, `key ${key} names plan ${id}, which the proxy lacks`);
    keys.set(key, { destination, usedAtMs: before.keys.get(key)?.usedAtMs ?? nowMs });
  }
  for (const id of update.removed) destinations.delete(id);
  return {
    revision: update.revision,
    keys,
    destinations,
    inbound,
  };
}

// Without keys that nobody dials any more, and without what only they needed.
export function withoutKeys(before: PlanTable, dropped: readonly string[]): PlanTable {
  const keys = new Map(before.keys);
  for (const key of dropped) keys.delete(key);
  const destinations = new Map<string, Destination>();
  for (const { destination } of keys.values()) {
    if (destination) destinations.set(destination.plan.id, destination);
  }
  return { ...before, keys, destinations };
}
