// A stretch of the past, as rows are made from it: what Reports is for the last minutes. What holds
// "now" is what held at its end.

import type { StoredDelta, StoredReport } from "#control/reports/report-history.ts";
import type { Traffic } from "#control/reports/traffic.ts";
import type { ProcessPoint, SeriesPoint } from "./history-block.ts";
import { HistoryNames, type ProxyOfPast } from "./history-names.ts";
import type { HistoryStore, StoredBlock } from "./history-store.ts";

const NOBODY: ProxyOfPast = { namespace: "", workload: "" };
const NOTHING = { cpuMs: 0, memoryBytes: 0, connectionsOpen: 0 };

export class HistoryTraffic implements Traffic {
  readonly #store: HistoryStore;
  readonly #names: HistoryNames;
  readonly #level: number;
  readonly #fromMs: number;
  readonly #toMs: number;

  constructor(store: HistoryStore, level: number, fromMs: number, toMs: number) {
    this.#store = store;
    this.#names = new HistoryNames(store);
    this.#level = level;
    this.#fromMs = fromMs;
    this.#toMs = toMs;
  }

  visit(_windowMs: number, each: (report: StoredReport, share: number) => void): void {
    for (const block of this.#store.read(this.#level, this.#fromMs, this.#toMs)) {
      const overlapMs = Math.min(block.endMs, this.#toMs) - Math.max(block.startMs, this.#fromMs);
      const share = overlapMs / (block.endMs - block.startMs);
      for (const report of this.#reportsOf(block)) each(report, share);
    }
  }

  visitLatest(each: (report: StoredReport) => void): void {
    let last: StoredBlock | undefined;
    const lookBackMs = Math.max(this.#fromMs, this.#toMs - 120_000);
    for (const block of this.#store.read(this.#level, lookBackMs, this.#toMs)) last = block;
    if (last) for (const report of this.#reportsOf(last)) each(report);
  }

  *#reportsOf({ startMs, endMs, series, processes }: StoredBlock): Generator<StoredReport> {
    const deltas = series.flatMap((point) => this.#deltaOf(point));
    yield { proxy: reporting(NOBODY), startMs, endMs, deltas, ...NOTHING };
    for (const point of processes) {
      const proxy = this.#names.proxyOf(point.name);
      if (proxy) yield { proxy: reporting(proxy), startMs, endMs, deltas: [], ...usageOf(point) };
    }
  }

  #deltaOf(point: SeriesPoint): StoredDelta[] {
    const key = this.#names.keyOf(point.name);
    return key ? [{ key, ...point }] : [];
  }
}

function reporting(proxy: ProxyOfPast): StoredReport["proxy"] {
  return { ...proxy, latest: undefined };
}

function usageOf({ cpuMs, memoryBytes, connectionsOpen }: ProcessPoint) {
  return { cpuMs, memoryBytes, connectionsOpen };
}
