// What happened in a series since it was last reported.

import type { SeriesDelta } from "#snapshot/report.ts";
import { DELAYED } from "./delayed.ts";
import { COUNT_AT, HISTOGRAMS, type Outcome } from "./outcome.ts";
import type { SeriesSlot } from "./series-slot.ts";

const { firstByte, requestBytes, responseBytes } = HISTOGRAMS;

// Marks it as reported. Undefined where there is nothing to tell. What is in flight is told again
// and again: a gauge that isn't repeated would be taken for over.
export function takeSeriesDelta(slot: SeriesSlot): SeriesDelta | undefined {
  if (slot.isReported && slot.inFlight === 0) return undefined;
  const changed = slot.outcomes.filter((outcome) => countOf(outcome) > 0);
  const successes = slot.successes - slot.successesReported;
  const delta: SeriesDelta = {
    key: slot.key,
    successes,
    failures: slot.answers - slot.answersReported - successes,
    statuses: sumBy(changed, (outcome) => outcome.status),
    causes: sumBy(
      changed.filter(({ cause }) => cause !== "" && cause !== DELAYED),
      (outcome) => outcome.cause,
    ),
    retries: slot.retries - slot.retriesReported,
    latency: latencyOf(changed),
    requestBytes: sumOf(changed, requestBytes.sumAt),
    responseBytes: sumOf(changed, responseBytes.sumAt),
    inFlight: slot.inFlight,
  };
  markReported(slot, changed);
  return delta;
}

function countOf({ totals, reported }: Outcome): number {
  return totals[COUNT_AT]! - reported[COUNT_AT]!;
}

function sumBy<Key>(
  outcomes: readonly Outcome[],
  keyOf: (outcome: Outcome) => Key,
): readonly (readonly [Key, number])[] {
  const sums = new Map<Key, number>();
  for (const outcome of outcomes) {
    const key = keyOf(outcome);
    sums.set(key, (sums.get(key) ?? 0) + countOf(outcome));
  }
  return [...sums];
}

function latencyOf(outcomes: readonly Outcome[]): readonly (readonly [number, number])[] {
  const pairs: (readonly [number, number])[] = [];
  for (let bucket = 0; bucket <= firstByte.bounds.length; bucket++) {
    const count = sumOf(outcomes, firstByte.at + bucket);
    if (count > 0) pairs.push([bucket, count]);
  }
  return pairs;
}

function sumOf(outcomes: readonly Outcome[], at: number): number {
  let sum = 0;
  for (const { totals, reported } of outcomes) sum += totals[at]! - reported[at]!;
  return sum;
}

function markReported(slot: SeriesSlot, changed: readonly Outcome[]): void {
  slot.requestsReported = slot.requests;
  slot.answersReported = slot.answers;
  slot.successesReported = slot.successes;
  slot.retriesReported = slot.retries;
  for (const { totals, reported } of changed) reported.set(totals);
}
