// Hot path.
//
// How often in a row an endpoint has failed one backend's requests, and whether it is left out for
// that. No timer: an ejection is a time that passes.

import type { EjectionPlan } from "#snapshot/destination-policy-plan.ts";

// Who decides whether it may be left out.
export type Ejector = {
  readonly plan: EjectionPlan;
  mayEject(nowMs: number): boolean;
  ejected(): void;
  isPanicking(nowMs: number): boolean;
};

const LONGEST_MS = 300_000;

export class EndpointHealth {
  readonly sinceMs: number;
  readonly #ejector: Ejector;
  #failures = 0;
  #gatewayFailures = 0;
  #localFailures = 0;
  #ejections = 0;
  #untilMs = 0;

  constructor(ejector: Ejector, sinceMs: number) {
    this.#ejector = ejector;
    this.sinceMs = sinceMs;
  }

  // Until when it is left out; 0 or in the past: it isn't.
  get ejectedUntilMs(): number {
    return this.#untilMs;
  }

  isEjected(nowMs: number): boolean {
    return this.#untilMs > nowMs && !this.#ejector.isPanicking(nowMs);
  }

  // `status` of the answer; 0 where none came.
  answered(nowMs: number, status: number): void {
    if (status > 0 && status < 500) {
      if (this.#failures + this.#gatewayFailures + this.#localFailures > 0) this.#forgive();
      return;
    }
    // What was on its way when it was ejected doesn't count again.
    if (this.#untilMs > nowMs) return;
    const { plan } = this.#ejector;
    if (status === 0 && plan.isLocalApart) this.#localFailures++;
    else {
      this.#failures++;
      const isGateway = status === 0 || (status >= 502 && status <= 504);
      this.#gatewayFailures = isGateway ? this.#gatewayFailures + 1 : 0;
      if (status > 0) this.#localFailures = 0;
    }
    if (this.#isEnough(plan) && this.#ejector.mayEject(nowMs)) this.#eject(nowMs, plan);
  }

  #isEnough({ failures, gatewayFailures, localFailures }: EjectionPlan): boolean {
    return (
      (failures > 0 && this.#failures >= failures) ||
      (gatewayFailures > 0 && this.#gatewayFailures >= gatewayFailures) ||
      (localFailures > 0 && this.#localFailures >= localFailures)
    );
  }

  #eject(nowMs: number, { intervalMs, baseMs }: EjectionPlan): void {
    // One ejection is forgotten for each interval that it was well.
    const wellMs = nowMs - this.#untilMs;
    this.#ejections = Math.max(0, this.#ejections - Math.floor(wellMs / intervalMs)) + 1;
    const longestMs = Math.max(LONGEST_MS, baseMs);
    this.#untilMs = nowMs + Math.min(longestMs, baseMs * this.#ejections);
    this.#forgive();
    this.#ejector.ejected();
  }

  #forgive(): void {
    this.#failures = 0;
    this.#gatewayFailures = 0;
    this.#localFailures = 0;
  }
}
