// The health of a backend's endpoints. Outlives plans: who is ejected stays so when a document
// changes.
//
// However bad all of them are, some are asked: at most a share of them is ejected, one at least,
// and never the last; and where fewer than another share are left, since endpoints have gone
// otherwise, all of them are asked.

import type { EjectionPlan } from "#snapshot/destination-policy-plan.ts";
import { type Ejector, EndpointHealth } from "./endpoint-health.ts";

// Where no document says otherwise.
const DEFAULT_PLAN: EjectionPlan = {
  failures: 5,
  gatewayFailures: 0,
  localFailures: 5,
  isLocalApart: false,
  intervalMs: 10_000,
  baseMs: 30_000,
  ejectedPercentMax: 50,
  healthyPercentMin: 50,
};

export class BackendHealth implements Ejector {
  plan = DEFAULT_PLAN;
  ejections = 0;
  #members: ReadonlyMap<string, EndpointHealth> = new Map();
  // For what `isPanicking` last found.
  #isPanicking = false;
  #foundUntilMs = 0;

  // What a new plan says. `keys`: the endpoints.
  adopt(plan: EjectionPlan | undefined, keys: readonly string[], nowMs: number): void {
    this.plan = plan ?? DEFAULT_PLAN;
    this.#members = new Map(
      keys.map((key) => [key, this.#members.get(key) ?? new EndpointHealth(this, nowMs)]),
    );
    this.#foundUntilMs = 0;
  }

  of(key: string): EndpointHealth | undefined {
    return this.#members.get(key);
  }

  get keys(): Iterable<string> {
    return this.#members.keys();
  }

  ejectedNow(nowMs: number): number {
    let count = 0;
    for (const { ejectedUntilMs } of this.#members.values()) if (ejectedUntilMs > nowMs) count++;
    return count;
  }

  // ---- by the endpoints -------------------------------------------------------------------------

  mayEject(nowMs: number): boolean {
    const { size } = this.#members;
    const { ejectedPercentMax } = this.plan;
    const share = Math.floor((size * ejectedPercentMax) / 100);
    const most = ejectedPercentMax === 0 ? 0 : Math.min(size - 1, Math.max(1, share));
    return this.ejectedNow(nowMs) < most;
  }

  ejected(): void {
    this.ejections++;
    this.#foundUntilMs = 0;
  }

  // Asked only for those that are ejected, but then for each request: so what was found holds until
  // one of them returns.
  isPanicking(nowMs: number): boolean {
    if (nowMs >= this.#foundUntilMs) this.#look(nowMs);
    return this.#isPanicking;
  }

  #look(nowMs: number): void {
    let ejected = 0;
    this.#foundUntilMs = Number.POSITIVE_INFINITY;
    for (const { ejectedUntilMs } of this.#members.values()) {
      if (ejectedUntilMs <= nowMs) continue;
      ejected++;
      this.#foundUntilMs = Math.min(this.#foundUntilMs, ejectedUntilMs);
    }
    const { size } = this.#members;
    const isTooFew = (size - ejected) * 100 < size * this.plan.healthyPercentMin;
    // The last ones may have become fewer since.
    this.#isPanicking = isTooFew || ejected === size;
  }
}
