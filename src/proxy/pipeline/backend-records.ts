// What is kept of each backend from plan to plan: the health of its endpoints, and the limits of
// its connections where a document sets them.

import type { Clock } from "#base/clock.ts";
import type { LimitsInForce } from "#base/limits-in-force.ts";
import { BackendHealth } from "#proxy/resilience/backend-health.ts";
import type { EjectionCount } from "#proxy/telemetry/ejection-family.ts";
import { backendKey } from "#snapshot/backend-key.ts";
import type { EndpointsBackendPlan } from "#snapshot/plan.ts";
import { BackendLimits } from "./backend-limits.ts";

type BackendRecord = {
  readonly backend: EndpointsBackendPlan;
  readonly health: BackendHealth;
  readonly limits: BackendLimits;
};

export class BackendRecords {
  readonly #clock: Clock;
  readonly #limits: Pick<LimitsInForce, "current">;
  readonly #byKey = new Map<string, BackendRecord>();

  constructor(clock: Clock, limits: Pick<LimitsInForce, "current">) {
    this.#clock = clock;
    this.#limits = limits;
  }

  // As a plan has it now. `keys`: its endpoints.
  adopt(backend: EndpointsBackendPlan, keys: readonly string[]): BackendRecord {
    const key = backendKey(backend);
    const record = this.#byKey.get(key) ?? {
      backend,
      health: new BackendHealth(),
      limits: new BackendLimits(this.#limits),
    };
    this.#byKey.set(key, record);
    record.health.adopt(backend.policy?.ejection, keys, this.#clock.nowMs());
    record.limits.adopt(backend.policy?.connections ?? {});
    return record;
  }

  retain(backends: readonly EndpointsBackendPlan[]): void {
    const named = new Set(backends.map(backendKey));
    for (const key of this.#byKey.keys()) if (!named.has(key)) this.#byKey.delete(key);
  }

  // Of those that have ever had one.
  ejections(): readonly EjectionCount[] {
    const nowMs = this.#clock.nowMs();
    return [...this.#byKey.values()].flatMap(({ backend, health }) => {
      if (health.ejections === 0) return [];
      const { namespace, service, subset, port } = backend;
      const ejected = health.ejectedNow(nowMs);
      return [{ namespace, service, subset, port, ejections: health.ejections, ejected }];
    });
  }
}
