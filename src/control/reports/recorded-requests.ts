// Single requests of the last minutes, as proxies have told them: `weft explain ID`. One id may
// have passed several proxies, where applications pass it on.

import type { Clock } from "#base/clock.ts";
import { LIMITS } from "#base/limits.ts";
import type { RecordedRequest } from "#snapshot/recorded-request.ts";
import { type ArchivedPlan, PlanArchive } from "./plan-archive.ts";
import type { ProxyName } from "./sound-report.ts";
import { isSoundRequest } from "./sound-request.ts";

export type KeptRequest = {
  readonly proxy: ProxyName;
  readonly request: RecordedRequest;
  readonly keptAtMs: number;
};

export type FoundRequest = KeptRequest & {
  // That decided; undefined where none did, or where it is gone.
  readonly archived: ArchivedPlan | undefined;
};

// Of one id.
const FOUND_MAX = 50;

export class RecordedRequests {
  readonly plans: PlanArchive;
  readonly #clock: Clock;
  #kept: KeptRequest[] = [];
  #first = 0;
  readonly #byId = new Map<string, KeptRequest[]>();
  // That proxies didn't tell, or that could not be kept.
  untold = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.plans = new PlanArchive(clock);
  }

  get count(): number {
    return this.#kept.length - this.#first;
  }

  // As they come from a proxy: any of it may be wrong.
  note(proxy: ProxyName, requests: unknown, untold: unknown): void {
    if (typeof untold === "number" && untold > 0) this.untold += untold;
    this.#trim();
    if (!Array.isArray(requests)) return;
    const taken = requests.slice(0, 2 * LIMITS.requestsToldMax).filter(isSoundRequest);
    this.untold += requests.length - taken.length;
    for (const request of taken) this.#keep({ proxy, request, keptAtMs: this.#clock.nowMs() });
  }

  // In the order in which they came to their proxies.
  find(id: string): readonly FoundRequest[] {
    this.#trim();
    return (this.#byId.get(id) ?? [])
      .slice(-FOUND_MAX)
      .sort((a, b) => a.request.atMs - b.request.atMs)
      .map((kept) => ({ ...kept, archived: this.#planOf(kept.request) }));
  }

  // Kept in the last `windowMs`, the newest first.
  *newest(windowMs: number): Generator<KeptRequest> {
    const sinceMs = this.#clock.nowMs() - windowMs;
    for (let i = this.#kept.length - 1; i >= this.#first; i--) {
      const kept = this.#kept[i]!;
      if (kept.keptAtMs < sinceMs) return;
      yield kept;
    }
  }

  #planOf({ decided }: RecordedRequest): ArchivedPlan | undefined {
    return decided && this.plans.find(decided.planId, decided.planHash);
  }

  #keep(kept: KeptRequest): void {
    const { id } = kept.request;
    const same = this.#byId.get(id);
    if (same) same.push(kept);
    else this.#byId.set(id, [kept]);
    this.#kept.push(kept);
    if (this.count > LIMITS.requestsKept) this.#forgetOldest();
  }

  #trim(): void {
    const sinceMs = this.#clock.nowMs() - LIMITS.requestsKeptMs;
    while (this.count > 0 && this.#kept[this.#first]!.keptAtMs < sinceMs) this.#forgetOldest();
  }

  #forgetOldest(): void {
    const oldest = this.#kept[this.#first++]!;
    const same = this.#byId.get(oldest.request.id)!;
    // Each id's list has them in the same order.
    same.shift();
    if (same.length === 0) this.#byId.delete(oldest.request.id);
    if (this.#first > 1000 && this.#first > this.#kept.length / 2) {
      this.#kept = this.#kept.slice(this.#first);
      this.#first = 0;
    }
  }
}
