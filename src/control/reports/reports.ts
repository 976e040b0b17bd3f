// What proxies report of their traffic, and what may be asked of it.
//
// A workload's own golden metrics come from the destination side, its own proxy: each request is
// counted once, whoever sent it. Services, routes and edges come from the source side: only callers
// know the route, and of requests that reached nobody. The two are never added up.

import type { EdgeQuery, EdgeRow } from "#api/edge-row.ts";
import type { RouteQuery, RouteRow } from "#api/route-row.ts";
import type { StatQuery, StatRow } from "#api/stat-row.ts";
import type { TopQuery, TopRow } from "#api/top-row.ts";
import type { WorkloadRow } from "#api/workload-row.ts";
import type { Clock } from "#base/clock.ts";
import { LIMITS } from "#base/limits.ts";
import type { Report, SeriesDelta } from "#snapshot/report.ts";
import { edgeRows } from "./edge-rows.ts";
import { EndpointViews } from "./endpoint-views.ts";
import type { HistorySecond } from "./history/history-book.ts";
import { type Reported, SecondCollector } from "./history/second-collector.ts";
import { KnownSeries, type KnownSeriesEntry } from "./known-series.ts";
import { LearnedPorts } from "./learned-ports.ts";
import { RecordedRequests } from "./recorded-requests.ts";
import {
  isFresh,
  ReportHistory,
  type ReportingProxy,
  type StoredDelta,
  type StoredReport,
} from "./report-history.ts";
import { ReportPace } from "./report-pace.ts";
import { routeRows } from "./route-rows.ts";
import { isSoundDelta, isSoundSample, type NameOf, type ProxyName } from "./sound-report.ts";
import { statRows } from "./stat-rows.ts";
import { topRows } from "./top-rows.ts";
import { ForwardingCounts } from "./traces/forwarding-counts.ts";
import type { SpanExporter } from "./traces/span-exporter.ts";
import { withNames } from "./with-names.ts";

export type ReportsOptions = {
  readonly clock: Clock;
  readonly history?: ((second: HistorySecond) => void) | undefined;
  readonly spans?: SpanExporter | undefined;
  readonly nameOf?: NameOf; // absent: a workload's name is its proxy's
};

export class Reports {
  readonly #clock: Clock;
  readonly #history: ReportHistory;
  readonly #proxies = new Map<string, ReportingProxy>();
  readonly #series = new KnownSeries();
  readonly pace: ReportPace;
  readonly learnedPorts: LearnedPorts;
  readonly requests: RecordedRequests;
  readonly endpoints: EndpointViews;
  readonly forwarding: ForwardingCounts;
  readonly #entries = new WeakMap<StoredDelta, KnownSeriesEntry>();
  #lost = 0;

  readonly #collector: SecondCollector | undefined;
  readonly #spans: SpanExporter | undefined;
  readonly #nameOf: NameOf;

  // `history`: takes each second of it; absent: nobody keeps the past.
  constructor({ clock, history, spans, nameOf = (_, workload) => workload }: ReportsOptions) {
    this.#clock = clock;
    this.#nameOf = nameOf;
    this.#spans = spans;
    this.#collector = history && new SecondCollector(clock, history);
    this.pace = new ReportPace(clock);
    this.learnedPorts = new LearnedPorts(clock);
    this.requests = new RecordedRequests(clock);
    this.endpoints = new EndpointViews(clock);
    this.forwarding = new ForwardingCounts(clock, nameOf);
    this.#history = new ReportHistory(clock, (report) => this.#forget(report));
  }

  // `proxy` is who its certificate says it is, not who the report says.
  add(proxy: ProxyName, report: Report): void {
    const name = `${proxy.namespace}/${proxy.workload}`;
    const known = this.#proxies.get(name);
    if (!known && this.#proxies.size >= LIMITS.reportProxiesMax) {
      this.#lost++;
      return;
    }
    const reporting = known ?? { ...proxy, latest: undefined };
    this.#proxies.set(name, reporting);
    this.#history.add(this.#stored(reporting, report));
    this.#lost += this.learnedPorts.note(report.learned);
    this.#lost += this.endpoints.note(name, report.endpoints, boundedSpan(report.windowMs));
    this.requests.note(proxy, report.requests, report.requestsUntold);
    this.forwarding.note(proxy, report.spans);
    this.#spans?.note(proxy, report.spans, report.spansLost);
  }

  // One row for each resource of the kind, with or without traffic. `workloads` is everybody.
  stat(query: StatQuery, workloads: readonly WorkloadRow[]): StatRow[] {
    return statRows({ ...query, windowMs: boundedWindow(query.windowMs) }, workloads, this);
  }

  edges(query: EdgeQuery): EdgeRow[] {
    return edgeRows({ ...query, windowMs: boundedWindow(query.windowMs) }, this);
  }

  routes(query: RouteQuery): RouteRow[] {
    return routeRows({ ...query, windowMs: boundedWindow(query.windowMs) }, this);
  }

  top(query: TopQuery): TopRow[] {
    const windowMs = boundedWindow(query.windowMs);
    return topRows(query, this.requests.newest(windowMs));
  }

  // What could not be kept, or that said what their sender may not say.
  get lost(): number {
    return this.#lost;
  }

  close(): void {
    this.#collector?.close();
    this.pace.close();
  }

  // ---- for the rows -----------------------------------------------------------------------------

  visit(windowMs: number, each: (report: StoredReport, share: number) => void): void {
    this.#history.visit(windowMs, each);
  }

  // The last report of each proxy that hasn't fallen silent: what holds now.
  visitLatest(each: (report: StoredReport) => void): void {
    const nowMs = this.#clock.nowMs();
    for (const { latest } of this.#proxies.values()) {
      if (latest && isFresh(latest, nowMs)) each(latest);
    }
  }

  #stored(proxy: ReportingProxy, report: Report): StoredReport {
    const endMs = this.#clock.nowMs();
    const deltas: StoredDelta[] = [];
    const reported: Reported[] = [];
    const sent: readonly SeriesDelta[] = Array.isArray(report.series) ? report.series : [];
    // A proxy has its own cap, and one overflow series for each direction.
    for (const delta of sent.slice(0, LIMITS.seriesMax + 2)) {
      const stored = isSoundDelta(delta, proxy, this.#nameOf)
        ? this.#storedDelta(delta)
        : undefined;
      if (!stored) continue;
      deltas.push(stored);
      reported.push(this.#reported(stored, delta));
    }
    this.#lost += sent.length - deltas.length;
    const isSampled = isSoundSample(report.process);
    const kept = {
      proxy,
      startMs: endMs - boundedSpan(report.windowMs),
      endMs,
      deltas,
      cpuMs: isSampled ? report.process.cpuMs : 0,
      memoryBytes: isSampled ? report.process.memoryBytes : 0,
      connectionsOpen: isSampled ? report.process.connectionsOpen : 0,
    };
    this.#collector?.note(kept, reported);
    return kept;
  }

  #reported(stored: StoredDelta, { requestBytes, responseBytes }: SeriesDelta): Reported {
    return { entry: this.#entries.get(stored)!, requestBytes, responseBytes };
  }

  #storedDelta(delta: SeriesDelta): StoredDelta | undefined {
    const entry = this.#series.use(withNames(delta.key, this.#nameOf));
    if (!entry) return undefined;
    const { successes, failures, retries, inFlight } = delta;
    const latency = delta.latency.flat();
    const stored = { key: entry.key, successes, failures, retries, inFlight, latency };
    this.#entries.set(stored, entry);
    return stored;
  }

  #forget(report: StoredReport): void {
    for (const delta of report.deltas) {
      const entry = this.#entries.get(delta)!;
      if (this.#series.release(entry)) this.#collector?.forget(entry);
    }
    const { proxy } = report;
    if (proxy.latest !== report) return;
    this.#proxies.delete(`${proxy.namespace}/${proxy.workload}`);
    this.#collector?.forgetProxy(proxy);
  }
}

function boundedWindow(windowMs: number): number {
  return Math.min(Math.max(windowMs, 1000), LIMITS.reportsKeptMs);
}

function boundedSpan(windowMs: unknown): number {
  return typeof windowMs === "number" && windowMs >= 1
    ? Math.min(windowMs, LIMITS.reportsKeptMs)
    : 1;
}
