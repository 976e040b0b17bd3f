// Adds up what proxies report, second by second, for the history.
//
// A report is spread over its time, so that neither jitter nor a control plane that was away makes
// spikes; whole numbers stay whole, and their sum what it was.

import type { Clock, Timer } from "#base/clock.ts";
import type { KnownSeriesEntry } from "#control/reports/known-series.ts";
import type { StoredReport } from "#control/reports/report-history.ts";
import { encodeBlock, type HistoryBlock, type ProcessPoint } from "./history-block.ts";
import type { HistorySecond } from "./history-book.ts";
import { slotOf } from "./history-levels.ts";
import { proxyText } from "./history-names.ts";
import { SecondSum } from "./second-sum.ts";

const SECOND_MS = 1000;
// A report comes up to a second after what it tells of.
const SETTLE_MS = 1500;
const SPREAD_MAX_MS = 60_000;

export type Reported = {
  readonly entry: KnownSeriesEntry;
  readonly requestBytes: number;
  readonly responseBytes: number;
};

export class SecondCollector {
  readonly #clock: Clock;
  readonly #send: (second: HistorySecond) => void;
  readonly #pending = new Map<number, SecondSum>();
  readonly #proxies = new Map<string, number>();
  #proxiesNamed = 0;
  readonly #told = new Set<number>();
  #named: (readonly [number, string])[] = [];
  #gone: number[] = [];
  #timer: Timer | undefined;
  #sentUntilMs: number;

  constructor(clock: Clock, send: (second: HistorySecond) => void) {
    this.#clock = clock;
    this.#send = send;
    this.#sentUntilMs = slotOf(clock.wallMs(), SECOND_MS);
    this.#wait();
  }

  // `series`: of each delta of the report, in their order.
  note(report: StoredReport, series: readonly Reported[]): void {
    const { proxy, deltas, startMs, endMs } = report;
    const untilMs = this.#clock.wallMs();
    const windowMs = Math.min(endMs - startMs, SPREAD_MAX_MS);
    const fromMs = untilMs - windowMs;
    const process = this.#processOf(proxy, report);
    for (let slot = slotOf(fromMs, SECOND_MS); slot < untilMs; slot += SECOND_MS) {
      const from = Math.max(0, (slot - fromMs) / windowMs);
      const to = Math.min(1, (slot + SECOND_MS - fromMs) / windowMs);
      const sum = this.#sumOf(slot);
      deltas.forEach((delta, i) => {
        const { entry, requestBytes, responseBytes } = series[i]!;
        this.#name(entry.number, entry.text);
        sum.addSeries({ ...delta, name: entry.number, requestBytes, responseBytes }, from, to);
      });
      sum.addProcess(process, from, to);
    }
  }

  forget({ number }: KnownSeriesEntry): void {
    if (this.#told.delete(number)) this.#gone.push(number);
  }

  forgetProxy(proxy: StoredReport["proxy"]): void {
    const text = proxyText(proxy);
    const number = this.#proxies.get(text);
    if (number === undefined) return;
    this.#proxies.delete(text);
    if (this.#told.delete(number)) this.#gone.push(number);
  }

  close(): void {
    this.#timer?.cancel();
  }

  #wait(): void {
    const nowMs = this.#clock.wallMs();
    const dueMs = slotOf(nowMs - SETTLE_MS, SECOND_MS) + SECOND_MS + SETTLE_MS;
    this.#timer = this.#clock.after(Math.max(dueMs - nowMs, 1), () => {
      this.#flush();
      this.#wait();
    });
  }

  // A second in which nothing happened is told too: it differs from one in which nobody looked.
  #flush(): void {
    const untilMs = slotOf(this.#clock.wallMs() - SETTLE_MS, SECOND_MS);
    const firstMs = Math.max(this.#sentUntilMs, untilMs - SPREAD_MAX_MS);
    for (let atMs = firstMs; atMs < untilMs; atMs += SECOND_MS) this.#sumOf(atMs);
    this.#sentUntilMs = Math.max(untilMs, this.#sentUntilMs);
    const due = [...this.#pending].filter(([startMs]) => startMs < untilMs);
    for (const [startMs, sum] of due.sort(([a], [b]) => a - b)) {
      this.#pending.delete(startMs);
      this.#tell(startMs, sum.block());
    }
  }

  #tell(startMs: number, block: HistoryBlock): void {
    const [named, gone] = [this.#named, this.#gone];
    this.#named = [];
    this.#gone = [];
    this.#send({ startMs, named, gone, block: encodeBlock(block) });
  }

  #sumOf(startMs: number): SecondSum {
    const known = this.#pending.get(startMs);
    if (known) return known;
    const sum = new SecondSum();
    this.#pending.set(startMs, sum);
    return sum;
  }

  #name(number: number, text: string): void {
    if (this.#told.has(number)) return;
    this.#told.add(number);
    this.#named.push([number, text]);
  }

  // Proxies have odd numbers, series even ones.
  #processOf(proxy: StoredReport["proxy"], report: StoredReport): ProcessPoint {
    const text = proxyText(proxy);
    const name = this.#proxies.get(text) ?? 2 * this.#proxiesNamed++ + 1;
    this.#proxies.set(text, name);
    this.#name(name, text);
    const { cpuMs, memoryBytes, connectionsOpen } = report;
    return { name, cpuMs, memoryBytes, connectionsOpen };
  }
}
