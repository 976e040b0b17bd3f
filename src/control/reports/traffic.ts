// What the rows are made from: reports in a window, and the latest of each proxy.

import type { SeriesKey } from "#snapshot/report.ts";
import { GoldenSum } from "./golden-sum.ts";
import type { StoredDelta, StoredReport } from "./report-history.ts";

export type Traffic = {
  visit(windowMs: number, each: (report: StoredReport, share: number) => void): void;
  visitLatest(each: (report: StoredReport) => void): void;
};

// Adds up the deltas of a window by a text; those for which `keyOf` gives none are left out.
// `first` is one of the deltas of the group.
export type Group = { readonly first: StoredDelta; readonly sum: GoldenSum; isSecured: boolean };

export function groupTraffic(
  traffic: Traffic,
  windowMs: number,
  keyOf: (delta: StoredDelta) => string | undefined,
): ReadonlyMap<string, Group> {
  const groups = new Map<string, Group>();
  const groupOf = (delta: StoredDelta) => {
    const key = keyOf(delta);
    if (key === undefined) return undefined;
    const known = groups.get(key);
    if (known) return known;
    const group = { first: delta, sum: new GoldenSum(), isSecured: true };
    groups.set(key, group);
    return group;
  };
  traffic.visit(windowMs, ({ deltas }, share) => {
    for (const delta of deltas) {
      const group = groupOf(delta);
      if (!group) continue;
      group.sum.add(delta, share);
      if (!delta.key.isMutualTls) group.isSecured = false;
    }
  });
  traffic.visitLatest(({ deltas }) => {
    for (const delta of deltas) {
      if (delta.inFlight > 0) groupOf(delta)?.sum.addInFlight(delta.inFlight);
    }
  });
  return groups;
}

// Names can't contain a line break: a certificate or a document said them.
export function groupKey(...parts: readonly (string | number)[]): string {
  return parts.join("\n");
}

// Written once for each key: reports refer to the same ones, second after second.
export function knownKey(write: (key: SeriesKey) => string): (key: SeriesKey) => string {
  const known = new WeakMap<SeriesKey, string>();
  return (key) => {
    const before = known.get(key);
    if (before !== undefined) return before;
    const text = write(key);
    known.set(key, text);
    return text;
  };
}
