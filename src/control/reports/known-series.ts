// The keys of all series that the history speaks of, each kept once: a report repeats them, and a
// thousand reports must not hold a thousand copies.

import { LIMITS } from "#base/limits.ts";
import type { SeriesKey } from "#snapshot/report.ts";

export type KnownSeriesEntry = {
  readonly key: SeriesKey;
  readonly text: string;
  uses: number; // deltas that refer to it
};

export class KnownSeries {
  readonly #entries = new Map<string, KnownSeriesEntry>();

  // Undefined where there are too many.
  use(key: SeriesKey): KnownSeriesEntry | undefined {
    const text = keyText(key);
    const known = this.#entries.get(text);
    if (known) {
      known.uses++;
      return known;
    }
    if (this.#entries.size >= LIMITS.reportSeriesMax) return undefined;
    const entry = { key, text, uses: 1 };
    this.#entries.set(text, entry);
    return entry;
  }

  release(entry: KnownSeriesEntry): void {
    entry.uses--;
    if (entry.uses === 0) this.#entries.delete(entry.text);
  }

  get size(): number {
    return this.#entries.size;
  }
}

// JSON, as names come from a peer and may contain any separator.
function keyText(key: SeriesKey): string {
  return JSON.stringify([
    key.reporter,
    key.sourceNamespace,
    key.sourceWorkload,
    key.sourceIdentity,
    key.destinationNamespace,
    key.destinationWorkload,
    key.destinationIdentity,
    key.destinationService,
    key.destinationServiceNamespace,
    key.destinationPort,
    key.route,
    key.backend,
    key.isMutualTls,
  ]);
}
