// The retry budget as the limits in force say it at the moment: what has been saved stays.

import type { Clock } from "#base/clock.ts";
import type { LimitsInForce } from "#base/limits-in-force.ts";
import { RetryBudget } from "#proxy/resilience/retry-budget.ts";

export function retryBudgetInForce(clock: Clock, limits: LimitsInForce): RetryBudget {
  return new RetryBudget(clock, {
    get ratio() {
      return limits.current.retryBudgetRatio;
    },
    get retriesPerSecond() {
      return limits.current.retriesPerSecond;
    },
    get retriesMax() {
      return limits.current.retriesSavedMax;
    },
  });
}
