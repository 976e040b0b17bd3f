// Plans that decided requests of the last minutes: those in force, and those that were replaced a
// while ago, by their hash.

import type { Clock } from "#base/clock.ts";
import { LIMITS } from "#base/limits.ts";
import type { OutboundPlan } from "#snapshot/plan.ts";
import type { Snapshot } from "#snapshot/snapshot.ts";

export type ArchivedPlan = {
  readonly plan: OutboundPlan;
  readonly revision: number; // the first with it
};

type Replaced = { readonly archived: ArchivedPlan; readonly atMs: number };

export class PlanArchive {
  readonly #clock: Clock;
  #inForce = new Map<string, ArchivedPlan>(); // by plan id
  readonly #replaced = new Map<string, Replaced>(); // by hash, the oldest first

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  noteSnapshot({ revision, outbound }: Pick<Snapshot, "revision" | "outbound">): void {
    const before = this.#inForce;
    this.#inForce = new Map();
    for (const plan of outbound.values()) {
      const known = before.get(plan.id);
      const isSame = known?.plan.hash === plan.hash;
      this.#inForce.set(plan.id, { plan, revision: isSame ? known.revision : revision });
      if (isSame) before.delete(plan.id);
    }
    for (const archived of before.values()) this.#keep(archived);
  }

  find(id: string, hash: string): ArchivedPlan | undefined {
    const inForce = this.#inForce.get(id);
    return inForce?.plan.hash === hash ? inForce : this.#replaced.get(hash)?.archived;
  }

  // All that had this id, the newest first.
  allWithId(id: string): readonly ArchivedPlan[] {
    const inForce = this.#inForce.get(id);
    const replaced = [...this.#replaced.values()]
      .map(({ archived }) => archived)
      .filter(({ plan }) => plan.id === id);
    return [...(inForce ? [inForce] : []), ...replaced.toReversed()];
  }

  #keep(archived: ArchivedPlan): void {
    const { hash } = archived.plan;
    const nowMs = this.#clock.nowMs();
    this.#replaced.delete(hash);
    this.#replaced.set(hash, { archived, atMs: nowMs });
    for (const [oldest, { atMs }] of this.#replaced) {
      const isFull = this.#replaced.size > LIMITS.plansKeptForRequests;
      if (!isFull && nowMs - atMs <= LIMITS.requestsKeptMs) return;
      this.#replaced.delete(oldest);
    }
  }
}
