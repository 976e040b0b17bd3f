// Hot path.
//
// The counters of one series, while it stands in the table.

import { LIMITS } from "#base/limits.ts";
import type { SeriesKey } from "#snapshot/report.ts";
import { Outcome } from "./outcome.ts";

export class SeriesSlot {
  readonly key: SeriesKey;
  readonly outcomes: Outcome[] = [];
  // Tries: one that is retried ends without an answer, and the next one begins anew, perhaps in
  // another series.
  requests = 0;
  answers = 0;
  successes = 0;
  retries = 0;
  // Of plain tunnels, while they are open, too.
  receivedBytes = 0;
  sentBytes = 0;
  // As of the last report.
  requestsReported = 0;
  answersReported = 0;
  successesReported = 0;
  retriesReported = 0;
  activeAtMs: number;
  // Has left the table: whoever holds it must ask for another.
  isDropped = false;
  #latest: Outcome | undefined;

  constructor(key: SeriesKey, nowMs: number) {
    this.key = key;
    this.activeAtMs = nowMs;
  }

  get inFlight(): number {
    return this.requests - this.answers - this.retries;
  }

  get isReported(): boolean {
    return (
      this.requests === this.requestsReported &&
      this.answers === this.answersReported &&
      this.retries === this.retriesReported
    );
  }

  // The last outcome is mostly the next one, too.
  outcomeOf(status: number, cause: string, grpcStatus: string): Outcome {
    const latest = this.#latest;
    if (latest && isOf(latest, status, cause, grpcStatus)) return latest;
    const outcome = this.#find(status, cause, grpcStatus);
    this.#latest = outcome;
    return outcome;
  }

  // An upstream may answer with every status there is: the last outcome takes those that are many.
  #find(status: number, cause: string, grpcStatus: string): Outcome {
    const outcomes = this.outcomes;
    for (let i = 0; i < outcomes.length; i++) {
      const outcome = outcomes[i]!;
      if (isOf(outcome, status, cause, grpcStatus)) return outcome;
    }
    if (outcomes.length === LIMITS.outcomesPerSeriesMax) return outcomes[outcomes.length - 1]!;
    const isLast = outcomes.length === LIMITS.outcomesPerSeriesMax - 1;
    const outcome = isLast ? new Outcome(0, "", "") : new Outcome(status, cause, grpcStatus);
    outcomes.push(outcome);
    return outcome;
  }
}

function isOf(outcome: Outcome, status: number, cause: string, grpcStatus: string): boolean {
  return outcome.status === status && outcome.cause === cause && outcome.grpcStatus === grpcStatus;
}
