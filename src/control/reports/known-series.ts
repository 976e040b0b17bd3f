// The keys of all series that the history speaks of, each kept once: a report repeats them, and a
// thousand reports must not hold a thousand copies.

import { LIMITS } from "#base/limits.ts";
import type { SeriesKey } from "#snapshot/report.ts";
import { seriesKeyText } from "#snapshot/series-key-text.ts";

export type KnownSeriesEntry = {
  readonly key: SeriesKey;
  readonly text: string;
  readonly number: number; // even; none is given twice
  uses: number; // deltas that refer to it
};

export class KnownSeries {
  readonly #entries = new Map<string, KnownSeriesEntry>();
  #numbersGiven = 0;

  // Undefined where there are too many.
  use(key: SeriesKey): KnownSeriesEntry | undefined {
    const text = seriesKeyText(key);
    const known = this.#entries.get(text);
    if (known) {
      known.uses++;
      return known;
    }
    if (this.#entries.size >= LIMITS.reportSeriesMax) return undefined;
    const entry = { key, text, number: 2 * this.#numbersGiven++, uses: 1 };
    this.#entries.set(text, entry);
    return entry;
  }

  // True where nobody speaks of it any more.
  release(entry: KnownSeriesEntry): boolean {
    entry.uses--;
    if (entry.uses > 0) return false;
    this.#entries.delete(entry.text);
    return true;
  }

  get size(): number {
    return this.#entries.size;
  }
}
