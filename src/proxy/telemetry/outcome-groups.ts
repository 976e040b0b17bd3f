// Series that differ only in what a family has no label for are added up: a label set occurs once.

import { COUNT_AT, type Exemplar, type Histogram, type Outcome } from "./outcome.ts";
import type { SeriesLabels, SeriesLabelTexts } from "./series-labels.ts";
import type { SeriesSlot } from "./series-slot.ts";

export type OutcomeGroups = ReadonlyMap<string, readonly Outcome[]>;

// So many are looked at between two pauses.
const AT_ONCE = 16;

export function* groupOutcomes(
  slots: readonly SeriesSlot[],
  labels: SeriesLabels,
  which: keyof SeriesLabelTexts,
  outcomeText: (outcome: Outcome) => string,
): Generator<string, OutcomeGroups> {
  const groups = new Map<string, Outcome[]>();
  let looked = 0;
  for (const slot of slots) {
    const base = labels.of(slot)[which];
    for (const outcome of slot.outcomes) {
      const text = `${base},${outcomeText(outcome)}`;
      const group = groups.get(text);
      if (group) group.push(outcome);
      else groups.set(text, [outcome]);
      if (++looked % AT_ONCE === 0) yield "";
    }
  }
  return groups;
}

// By the labels alone.
export function* sumSlots(
  slots: readonly SeriesSlot[],
  textOf: (slot: SeriesSlot) => string,
  countOf: (slot: SeriesSlot) => number,
): Generator<string, ReadonlyMap<string, number>> {
  const sums = new Map<string, number>();
  let looked = 0;
  for (const slot of slots) {
    const text = textOf(slot);
    sums.set(text, (sums.get(text) ?? 0) + countOf(slot));
    if (++looked % AT_ONCE === 0) yield "";
  }
  return sums;
}

export function* counts(groups: OutcomeGroups): Generator<readonly [string, number]> {
  for (const [text, outcomes] of groups) yield [text, sumAt(outcomes, COUNT_AT)];
}

// Cumulative counts at those of our bounds that the family has; ours contain all of them.
// `exemplarValue`: where the last sampled request is shown as an example.
export function* distributions(
  groups: OutcomeGroups,
  source: Histogram,
  bounds: readonly number[],
  exemplarValue?: (exemplar: Exemplar) => number,
) {
  const isShown = source.bounds.map((bound) => bounds.includes(bound));
  for (const [text, outcomes] of groups) {
    const buckets: (readonly [bound: number, count: number])[] = [];
    let count = 0;
    for (let i = 0; i < isShown.length; i++) {
      count += sumAt(outcomes, source.at + i);
      if (isShown[i]) buckets.push([source.bounds[i]!, count]);
    }
    const sum = sumAt(outcomes, source.sumAt);
    const latest = exemplarValue && latestOf(outcomes);
    const exemplar = latest && { ...latest, value: exemplarValue(latest) };
    yield { labels: text, buckets, sum, count: sumAt(outcomes, COUNT_AT), exemplar };
  }
}

function sumAt(outcomes: readonly Outcome[], at: number): number {
  let sum = 0;
  for (const { totals } of outcomes) sum += totals[at]!;
  return sum;
}

function latestOf(outcomes: readonly Outcome[]): Exemplar | undefined {
  let latest: Exemplar | undefined;
  for (const { exemplar } of outcomes) {
    if (exemplar && exemplar.atMs >= (latest?.atMs ?? 0)) latest = exemplar;
  }
  return latest;
}
