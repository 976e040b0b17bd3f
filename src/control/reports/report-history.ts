// The reports of the last 15 minutes, in the order they came.
//
//   oldest                                                   newest
//   | web 0..1 s | cart 0..1 s | web 1..2 s | ...            | web 7..8 s |
//
// Time runs outermost, not series: a window is then one walk from the end, its cost is what
// happened in it, and what is too old or too much leaves at the front. When there are more deltas
// than the limit, the history gets shorter; it never gets larger.

import type { Clock } from "#base/clock.ts";
import { LIMITS } from "#base/limits.ts";
import type { SeriesKey } from "#snapshot/report.ts";

// What queries need of a delta. `latency` lies flat: bucket, count, bucket, count, ...
export type StoredDelta = {
  readonly key: SeriesKey;
  readonly successes: number;
  readonly failures: number;
  readonly retries: number;
  readonly inFlight: number;
  readonly latency: readonly number[];
};

export type StoredReport = {
  readonly proxy: ReportingProxy;
  // On our monotonic clock: what a proxy's own clock says can't be compared with another's.
  readonly startMs: number;
  readonly endMs: number;
  readonly deltas: readonly StoredDelta[];
  readonly cpuMs: number;
  readonly memoryBytes: number;
  readonly connectionsOpen: number;
};

export type ReportingProxy = {
  readonly namespace: string;
  readonly workload: string;
  latest: StoredReport | undefined;
};

export class ReportHistory {
  readonly #clock: Clock;
  readonly #removed: (report: StoredReport) => void;
  #reports: StoredReport[] = [];
  #first = 0;
  #deltas = 0;

  constructor(clock: Clock, removed: (report: StoredReport) => void) {
    this.#clock = clock;
    this.#removed = removed;
  }

  add(report: StoredReport): void {
    this.#reports.push(report);
    this.#deltas += costOf(report);
    report.proxy.latest = report;
    this.#trim();
  }

  // Calls `each` with every report that has time in the window, and how much of its time that is.
  visit(windowMs: number, each: (report: StoredReport, share: number) => void): void {
    const nowMs = this.#clock.nowMs();
    const oldestMs = nowMs - windowMs - FRESH_MS_MAX;
    for (let i = this.#reports.length - 1; i >= this.#first; i--) {
      const report = this.#reports[i]!;
      if (report.endMs <= oldestMs) return;
      // A window ends where a proxy's reports end: the last second isn't told yet, and must not
      // look like a pause. One that has fallen silent gets the true end.
      const latest = report.proxy.latest!;
      const endMs = isFresh(latest, nowMs) ? latest.endMs : nowMs;
      const fromMs = Math.max(report.startMs, endMs - windowMs);
      const overlapMs = Math.min(report.endMs, endMs) - fromMs;
      if (overlapMs > 0) each(report, overlapMs / (report.endMs - report.startMs));
    }
  }

  #trim(): void {
    const keptMs = this.#clock.nowMs() - LIMITS.reportsKeptMs;
    while (this.#first < this.#reports.length) {
      const oldest = this.#reports[this.#first]!;
      if (oldest.endMs > keptMs && this.#deltas <= LIMITS.reportDeltasMax) break;
      this.#first++;
      this.#deltas -= costOf(oldest);
      this.#removed(oldest);
    }
    if (this.#first > 1000 && this.#first > this.#reports.length / 2) {
      this.#reports = this.#reports.slice(this.#first);
      this.#first = 0;
    }
  }
}

const FRESH_MS_MAX = 40_000;

// Its gauges still hold: the next report isn't overdue.
export function isFresh({ startMs, endMs }: StoredReport, nowMs: number): boolean {
  return nowMs - endMs <= freshForMs(endMs - startMs);
}

// How long a report of so much time holds.
export function freshForMs(windowMs: number): number {
  return Math.min(FRESH_MS_MAX, 1000 + 2 * windowMs);
}

// A report without deltas takes room, too.
function costOf({ deltas }: StoredReport): number {
  return deltas.length + 1;
}
