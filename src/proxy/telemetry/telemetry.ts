// What a proxy counts of its traffic, for /metrics and for the reports to the control plane.
//
// A request touches only a slot of the table, see RequestSeries; labels are built when somebody
// scrapes. The table is bounded: what does not fit is counted in one series a direction, and how
// often that happened. Idle series leave it, but only after a report has told their counts.

import type { Clock } from "#base/clock.ts";
import { LIMITS } from "#base/limits.ts";
import type { MetricsOffPlan } from "#snapshot/metrics-off-plan.ts";
import type { WorkloadPlan } from "#snapshot/plan.ts";
import type { SeriesDelta, SeriesKey } from "#snapshot/report.ts";
import { seriesKeyText } from "#snapshot/series-key-text.ts";
import type { AccessLogCounts } from "./access-log-family.ts";
import { DELAYED } from "./delayed.ts";
import type { DetectionCount } from "./detection-family.ts";
import type { EjectionCount } from "./ejection-family.ts";
import { HeldAnswers } from "./held-answers.ts";
import { asOlderText, type MetricsFormat } from "./metrics-format.ts";
import { metricsText } from "./metrics-text.ts";
import { COUNT_AT } from "./outcome.ts";
import { RequestSeries } from "./request-series.ts";
import { takeSeriesDelta } from "./series-delta.ts";
import { SeriesLabels } from "./series-labels.ts";
import { SeriesSlot } from "./series-slot.ts";

export type TelemetryOptions = {
  readonly clock: Clock;
  readonly version: string; // of Weft
  readonly countsTraffic: boolean;
  // Its labels come with the inbound plan, and may change with it.
  workload(): WorkloadPlan;
  // Read when somebody scrapes; absent: all is told.
  metricsOff?(): MetricsOffPlan | undefined;
  readonly gauges: TelemetryGauges;
};

// Read when somebody scrapes.
export type TelemetryGauges = {
  cpuMs(): number; // user and system, since the start of the process
  memoryBytes(): number; // resident
  connectionsOpen(): number;
  certificateExpiresAtMs(): number | undefined; // wall clock
  detections?(): readonly DetectionCount[];
  ejections?(): readonly EjectionCount[];
  accessLog?(): AccessLogCounts;
  overload(): OverloadGauges;
};

export type OverloadGauges = {
  readonly level: number;
  // Shares in use, by resource.
  readonly pressures: Readonly<Record<string, number>>;
  // How often something was given up, by what it was.
  readonly shed: Readonly<Record<string, number>>;
};

export type TrafficReport = {
  readonly series: readonly SeriesDelta[];
  readonly lost: number; // keys that found the table full, since the last report
};

export type TrafficSeries = Pick<RequestSeries, "began" | "ended" | "retried" | "inFlight"> &
  Partial<Pick<RequestSeries, "key" | "moved" | "tunnels">>;

const UNCOUNTED: TrafficSeries = { began() {}, ended() {}, retried() {}, inFlight: 0 };

export const OVERFLOW_ROUTE = "overflow";

export class Telemetry {
  readonly #options: TelemetryOptions;
  readonly #labels = new SeriesLabels();
  readonly #held = new HeldAnswers();
  readonly #take = (key: SeriesKey) => this.#slotOf(key);
  #slots = new Map<string, SeriesSlot>();
  readonly #overflow: Readonly<Record<SeriesKey["reporter"], SeriesSlot>>;
  readonly #causesDropped = new Map<string, number>();
  #retriesDropped = 0;
  #lost = 0;
  #lostReported = 0;

  constructor(options: TelemetryOptions) {
    this.#options = options;
    const nowMs = options.clock.nowMs();
    const workload = options.workload();
    this.#overflow = {
      source: new SeriesSlot(overflowKey("source", workload), nowMs),
      destination: new SeriesSlot(overflowKey("destination", workload), nowMs),
    };
  }

  // Builds a text of the key: ask once for each route and peer, and keep what you get.
  series(key: SeriesKey): TrafficSeries {
    return this.#options.countsTraffic ? new RequestSeries(key, this.#take, this.#held) : UNCOUNTED;
  }

  // Everything since the last report.
  takeReport(): TrafficReport {
    this.#held.sortIn();
    const nowMs = this.#options.clock.nowMs();
    const series: SeriesDelta[] = [];
    for (const slot of this.#allSlots()) {
      const delta = takeSeriesDelta(slot);
      if (!delta) continue;
      slot.activeAtMs = nowMs;
      series.push(delta);
    }
    this.#dropIdle(nowMs);
    const lost = this.#lost - this.#lostReported;
    this.#lostReported = this.#lost;
    return { series, lost };
  }

  // /metrics as OpenMetrics text, whole. `further`: families of others.
  render(further: Iterable<string> = []): string {
    return [...this.renderPieces("openmetrics", further)].join("");
  }

  // The same in small pieces, so that it can be spread over time.
  renderPieces(format: MetricsFormat, further: Iterable<string> = []): Iterable<string> {
    this.#held.sortIn();
    const all = this.#allSlots().filter((slot) => slot.requests > 0);
    this.#labels.speakFor(this.#options.workload());
    const pieces = metricsText({
      version: this.#options.version,
      gauges: this.#options.gauges,
      labels: this.#labels,
      off: this.#options.metricsOff?.(),
      slots: all.filter(({ key }) => key.protocol !== "tcp"),
      tunnels: all.filter(({ key }) => key.protocol === "tcp"),
      answersByCause: this.#answersByCause(all),
      retries: all.reduce((sum, slot) => sum + slot.retries, this.#retriesDropped),
      seriesLost: this.#lost,
      series: this.#slots.size,
      showsExemplars: format === "openmetrics",
      further,
    });
    return format === "openmetrics" ? pieces : asOlderText(pieces);
  }

  #allSlots(): SeriesSlot[] {
    return [...this.#slots.values(), this.#overflow.source, this.#overflow.destination];
  }

  #slotOf(key: SeriesKey): SeriesSlot {
    const text = seriesKeyText(key);
    const known = this.#slots.get(text);
    if (known) return known;
    const nowMs = this.#options.clock.nowMs();
    if (this.#slots.size >= LIMITS.seriesMax) this.#dropIdle(nowMs);
    if (this.#slots.size >= LIMITS.seriesMax) {
      this.#lost++;
      return this.#overflow[key.reporter];
    }
    const slot = new SeriesSlot(key, nowMs);
    this.#slots.set(text, slot);
    return slot;
  }

  #dropIdle(nowMs: number): void {
    for (const [text, slot] of this.#slots) {
      if (nowMs - slot.activeAtMs < LIMITS.seriesIdleMs) continue;
      if (!slot.isReported || slot.inFlight > 0) continue;
      this.#slots.delete(text);
      slot.isDropped = true;
      // Totals over all series must never go back.
      this.#retriesDropped += slot.retries;
      addCauses(this.#causesDropped, slot);
    }
  }

  #answersByCause(slots: readonly SeriesSlot[]): ReadonlyMap<string, number> {
    const sums = new Map(this.#causesDropped);
    for (const slot of slots) addCauses(sums, slot);
    return sums;
  }
}

// Causes are codes of ours: there are only so many.
function addCauses(sums: Map<string, number>, slot: SeriesSlot): void {
  for (const { cause, totals } of slot.outcomes) {
    if (cause !== "" && cause !== DELAYED)
      sums.set(cause, (sums.get(cause) ?? 0) + totals[COUNT_AT]!);
  }
}

function overflowKey(reporter: SeriesKey["reporter"], workload: WorkloadPlan): SeriesKey {
  const isSource = reporter === "source";
  return {
    reporter,
    sourceNamespace: isSource ? workload.namespace : "",
    sourceWorkload: isSource ? workload.name : "",
    sourceIdentity: "",
    destinationNamespace: isSource ? "" : workload.namespace,
    destinationWorkload: isSource ? "" : workload.name,
    destinationIdentity: "",
    destinationService: "",
    destinationServiceNamespace: "",
    destinationPort: 0,
    route: OVERFLOW_ROUTE,
    backend: "",
    isMutualTls: false,
  };
}
