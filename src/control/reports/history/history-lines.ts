// Charts of the past: for each subject a value a step.

import type { HistoryAnswer, HistoryLine, HistoryQuery, HistorySubject } from "#api/history.ts";
import { LIMITS } from "#base/limits.ts";
import { GoldenSum } from "#control/reports/golden-sum.ts";
import { HISTORY_LEVELS, levelFor, slotOf } from "./history-levels.ts";
import { HistoryNames } from "./history-names.ts";
import type { HistoryStore, StoredBlock } from "./history-store.ts";
import { subjectOf, workloadSubject } from "./subject-of.ts";

const STEPS_AS_SUITS = 240;
const SECONDS = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 21_600, 86_400];

// Everything but what is the same in all answers.
export type HistoryLines = Omit<HistoryAnswer, "sinceMs" | "notice">;

export function historyLines(
  store: HistoryStore,
  query: HistoryQuery,
  nowMs: number,
): HistoryLines {
  const { level, stepMs } = stepOf(query, nowMs);
  const fromMs = slotOf(query.fromMs, stepMs);
  const steps = Math.max(1, Math.ceil((query.toMs - fromMs) / stepMs));
  const toMs = fromMs + steps * stepMs;
  const blocks = () => store.read(level, fromMs, toMs);
  const chart = new Chart(query, new HistoryNames(store), fromMs, stepMs);
  for (const block of blocks()) chart.weigh(block);
  chart.choose(steps);
  for (const block of blocks()) chart.draw(block);
  return {
    ...{ fromMs, toMs, stepMs, slotMs: HISTORY_LEVELS[level]!.slotMs },
    at: Array.from({ length: steps }, (_, i) => fromMs + i * stepMs),
    lines: chart.lines(),
    linesLeftOut: chart.leftOut,
  };
}

function stepOf({ fromMs, toMs, stepMs }: HistoryQuery, nowMs: number) {
  const spanMs = toMs - fromMs;
  const leastMs = Math.max(
    stepMs ?? spanMs / STEPS_AS_SUITS,
    spanMs / LIMITS.historyStepsMax,
    HISTORY_LEVELS[0].slotMs,
  );
  const level = levelFor(fromMs, nowMs, leastMs);
  const { slotMs } = HISTORY_LEVELS[level]!;
  const nice = SECONDS.find((s) => s * 1000 >= leastMs && (s * 1000) % slotMs === 0);
  return { level, stepMs: nice === undefined ? slotOf(leastMs, slotMs) + slotMs : nice * 1000 };
}

type Line = { readonly subject: HistorySubject; requests: number; readonly steps: Step[] };

class Step {
  readonly golden = new GoldenSum();
  inFlight = 0;
  cpuMs = 0;
  memoryBytes = 0;
  connectionsOpen = 0;
}

class Chart {
  readonly #query: HistoryQuery;
  readonly #names: HistoryNames;
  readonly #fromMs: number;
  readonly #stepMs: number;
  readonly #lines = new Map<string, Line>();
  // By number in blocks.
  readonly #lineOfSeries = new Map<number, Line | undefined>();
  readonly #lineOfProxy = new Map<number, Line | undefined>();
  #chosen = new Set<Line>();
  #coveredMs: number[] = [];
  leftOut = 0;

  constructor(query: HistoryQuery, names: HistoryNames, fromMs: number, stepMs: number) {
    this.#query = query;
    this.#names = names;
    this.#fromMs = fromMs;
    this.#stepMs = stepMs;
  }

  // Who is there, and how busy.
  weigh({ series, processes }: StoredBlock): void {
    for (const { name, successes, failures } of series) {
      const line = this.#seriesLine(name);
      if (line) line.requests += successes + failures;
    }
    for (const { name } of processes) this.#proxyLine(name);
  }

  choose(steps: number): void {
    const busiest = [...this.#lines.values()].sort((a, b) => b.requests - a.requests);
    this.#chosen = new Set(busiest.slice(0, LIMITS.historyLinesMax));
    this.leftOut = busiest.length - this.#chosen.size;
    this.#coveredMs = Array.from({ length: steps }, () => 0);
    for (const line of this.#chosen) for (let i = 0; i < steps; i++) line.steps.push(new Step());
  }

  draw({ startMs, endMs, series, processes }: StoredBlock): void {
    const at = Math.floor((startMs - this.#fromMs) / this.#stepMs);
    if (at < 0 || at >= this.#coveredMs.length) return;
    this.#coveredMs[at]! += endMs - startMs;
    const inFlight = new Map<Step, number>();
    for (const point of series) {
      const step = this.#seriesLine(point.name)?.steps[at];
      if (!step) continue;
      step.golden.add({ key: this.#names.keyOf(point.name)!, ...point }, 1);
      inFlight.set(step, (inFlight.get(step) ?? 0) + point.inFlight);
    }
    for (const [step, requests] of inFlight) step.inFlight = Math.max(step.inFlight, requests);
    const usage = new Map<Step, { memoryBytes: number; connectionsOpen: number }>();
    for (const point of processes) {
      const step = this.#proxyLine(point.name)?.steps[at];
      if (!step) continue;
      step.cpuMs += point.cpuMs;
      const sum = usage.get(step) ?? { memoryBytes: 0, connectionsOpen: 0 };
      sum.memoryBytes += point.memoryBytes;
      sum.connectionsOpen += point.connectionsOpen;
      usage.set(step, sum);
    }
    for (const [step, { memoryBytes, connectionsOpen }] of usage) {
      step.memoryBytes = Math.max(step.memoryBytes, memoryBytes);
      step.connectionsOpen = Math.max(step.connectionsOpen, connectionsOpen);
    }
  }

  lines(): HistoryLine[] {
    const hasUsage = ["mesh", "namespace", "workload"].includes(this.#query.kind);
    return [...this.#chosen].map((line) => lineOf(line, this.#coveredMs, hasUsage));
  }

  #seriesLine(name: number): Line | undefined {
    if (this.#lineOfSeries.has(name)) return this.#lineOfSeries.get(name);
    const key = this.#names.keyOf(name);
    const line = this.#lineFor(key && subjectOf(key, this.#query));
    this.#lineOfSeries.set(name, line);
    return line;
  }

  #proxyLine(name: number): Line | undefined {
    if (this.#lineOfProxy.has(name)) return this.#lineOfProxy.get(name);
    const proxy = this.#names.proxyOf(name);
    const line = this.#lineFor(proxy && workloadSubject(proxy, this.#query));
    this.#lineOfProxy.set(name, line);
    return line;
  }

  #lineFor(subject: HistorySubject | undefined): Line | undefined {
    if (!subject) return undefined;
    const text = JSON.stringify(subject);
    const known = this.#lines.get(text);
    if (known) return known;
    const line = { subject, requests: 0, steps: [] };
    this.#lines.set(text, line);
    return line;
  }
}

function lineOf({ subject, steps }: Line, coveredMs: readonly number[], hasUsage: boolean) {
  const metrics = steps.map(({ golden }, i) => golden.metrics(coveredMs[i] || 1));
  const where = <Item>(
    items: readonly Item[],
    read: (item: Item, coveredMs: number) => number | null,
  ) => items.map((item, i) => (coveredMs[i]! > 0 ? read(item, coveredMs[i]!) : null));
  const usage = (read: (step: Step, coveredMs: number) => number) =>
    where(steps, (step, ms) => (hasUsage ? read(step, ms) : null));
  return {
    subject,
    requests: where(metrics, ({ requests }) => requests),
    failures: where(metrics, ({ failures }) => failures),
    retries: where(metrics, ({ retries }) => retries),
    rps: where(metrics, ({ rps }) => rps),
    successRate: where(metrics, ({ successRate }) => successRate),
    latencyP50Ms: where(metrics, ({ latencyP50Ms }) => latencyP50Ms),
    latencyP95Ms: where(metrics, ({ latencyP95Ms }) => latencyP95Ms),
    latencyP99Ms: where(metrics, ({ latencyP99Ms }) => latencyP99Ms),
    inFlight: where(steps, ({ inFlight }) => inFlight),
    cpuMsPerSecond: usage(({ cpuMs }, ms) => (cpuMs * 1000) / ms),
    memoryBytes: usage(({ memoryBytes }) => memoryBytes),
    connectionsOpen: usage(({ connectionsOpen }) => connectionsOpen),
  };
}
