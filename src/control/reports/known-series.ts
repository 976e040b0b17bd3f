// The keys of all series that the history speaks of, each kept once: a report repeats them, and a
// thousand reports must not hold a thousand copies.

import { LIMITS } from "#base/limits.ts";
import type { SeriesKey } from "#snapshot/report.ts";
import { seriesKeyText } from "#snapshot/series-key-text.ts";

export type KnownSeriesEntry = {
  readonly key: SeriesKey;
  readonly text: string;
  uses: number; // deltas that refer to it
};

export class KnownSeries {
  readonly #entries = new Map<string, KnownSeriesEntry>();

  // Undefined where there are too many.
  use(key: SeriesKey): KnownSeriesEntry | undefined {
    const text = seriesKeyText(key);
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
