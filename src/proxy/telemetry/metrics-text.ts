// /metrics in OpenMetrics text, under Istio's and Linkerd's names, so that dashboards made for
// those work, and a few of our own.
//
// Series that differ only in what a family has no label for are added up: a label set occurs once.

import { ISTIO_BOUNDS_MS, LINKERD_BOUNDS_MS } from "#snapshot/latency.ts";
import { detectionFamily } from "./detection-family.ts";
import { ejectionFamilies } from "./ejection-family.ts";
import { labelText } from "./label-text.ts";
import { counter, gauge, histogram, info } from "./metric-family.ts";
import { COUNT_AT, HISTOGRAMS, type Histogram, type Outcome } from "./outcome.ts";
import {
  istioOutcome,
  linkerdOutcome,
  routeOutcome,
  type SeriesLabels,
  type SeriesLabelTexts,
} from "./series-labels.ts";
import type { SeriesSlot } from "./series-slot.ts";
import type { OverloadGauges, TelemetryGauges } from "./telemetry.ts";

export const METRICS_CONTENT_TYPE = "application/openmetrics-text; version=1.0.0; charset=utf-8";

export type MetricsInput = {
  readonly version: string;
  readonly gauges: TelemetryGauges;
  readonly labels: SeriesLabels;
  readonly slots: readonly SeriesSlot[];
  readonly answersByCause: ReadonlyMap<string, number>;
  readonly retries: number;
  readonly seriesLost: number;
  readonly series: number;
  readonly further: Iterable<string>;
};

export function* metricsText(input: MetricsInput): Generator<string> {
  yield* istioFamilies(input);
  yield* linkerdFamilies(input);
  yield* ownFamilies(input);
  yield* processFamilies(input);
  yield* input.further;
  yield "# EOF\n";
}

function* istioFamilies({ slots, labels }: MetricsInput): Generator<string> {
  const groups = groupOutcomes(slots, labels, "istio", istioOutcome);
  yield* counter("istio_requests", "Requests, by who asked whom and the answer.", counts(groups));
  const histograms = [
    ["istio_request_duration", "milliseconds", "Time to the end of the answer.", "duration"],
    ["istio_request", "bytes", "Size of request bodies.", "requestBytes"],
    ["istio_response", "bytes", "Size of answer bodies.", "responseBytes"],
  ] as const;
  for (const [name, unit, help, which] of histograms) {
    const samples = distributions(groups, HISTOGRAMS[which], ISTIO_BOUNDS_MS);
    yield* histogram(`${name}_${unit}`, help, unit, samples);
  }
}

function* linkerdFamilies({ slots, labels }: MetricsInput): Generator<string> {
  const requests = new Map<string, number>();
  for (const slot of slots) {
    const text = labels.of(slot).linkerd;
    requests.set(text, (requests.get(text) ?? 0) + slot.requests);
  }
  yield* counter("request", "Requests that have come in.", requests);
  const groups = groupOutcomes(slots, labels, "linkerd", linkerdOutcome);
  yield* counter("response", "Answers that are complete.", counts(groups));
  const samples = distributions(groups, HISTOGRAMS.firstByte, LINKERD_BOUNDS_MS);
  yield* histogram("response_latency_ms", "Time to the first byte of the answer.", "", samples);
}

function* ownFamilies(input: MetricsInput): Generator<string> {
  const { slots, labels, gauges } = input;
  const routes = groupOutcomes(slots, labels, "route", routeOutcome);
  yield* counter("weft_route_requests", "Requests, by route and backend.", counts(routes));
  const inFlight = new Map<string, number>();
  for (const slot of slots) {
    const text = labelText([["reporter", slot.key.reporter]]);
    inFlight.set(text, (inFlight.get(text) ?? 0) + slot.inFlight);
  }
  yield* gauge("weft_requests_in_flight", "Requests without their whole answer.", "", inFlight);
  const causes = [...input.answersByCause].map(
    ([cause, count]) => [labelText([["cause", cause]]), count] as const,
  );
  yield* counter("weft_answers", "Answers that the proxy made itself.", causes);
  yield* counter("weft_retries", "Requests sent again.", alone(input.retries));
  const lostHelp = "Series that found the table full: their requests count as route overflow.";
  yield* counter("weft_series_lost", lostHelp, alone(input.seriesLost));
  yield* gauge("weft_series", "Series in the table.", "", alone(input.series));
  yield* detectionFamily(gauges.detections?.() ?? []);
  yield* ejectionFamilies(gauges.ejections?.() ?? []);
  yield* info("weft_build", "The running version.", labelText([["version", input.version]]));
}

function* processFamilies({ gauges }: MetricsInput): Generator<string> {
  const cpu = alone(gauges.cpuMs() / 1000);
  yield* counter("process_cpu_seconds", "Processor time, user and system.", cpu, "seconds");
  const memory = alone(gauges.memoryBytes());
  yield* gauge("process_resident_memory_bytes", "Resident memory.", "bytes", memory);
  const connections = alone(gauges.connectionsOpen());
  yield* gauge("tcp_open_connections", "Connections that are open.", "", connections);
  yield* overloadFamilies(gauges.overload());
  const expiresAtMs = gauges.certificateExpiresAtMs();
  if (expiresAtMs === undefined) return;
  const name = "identity_cert_expiration_timestamp_seconds";
  yield* gauge(name, "When the certificate expires.", "seconds", alone(expiresAtMs / 1000));
}

function* overloadFamilies({ level, pressures, shed }: OverloadGauges): Generator<string> {
  const levelHelp = "What is given up for lack of something: 0 nothing, 4 all that can be.";
  yield* gauge("weft_overload_level", levelHelp, "", alone(level));
  const pressureHelp = "Share in use of what the process can't do without.";
  yield* gauge("weft_overload_pressure", pressureHelp, "", labelled("resource", pressures));
  yield* counter("weft_overload_shed", "What was given up.", labelled("what", shed));
}

type Groups = ReadonlyMap<string, readonly Outcome[]>;

function groupOutcomes(
  slots: readonly SeriesSlot[],
  labels: SeriesLabels,
  which: keyof SeriesLabelTexts,
  outcomeText: (outcome: Outcome) => string,
): Groups {
  const groups = new Map<string, Outcome[]>();
  for (const slot of slots) {
    const base = labels.of(slot)[which];
    for (const outcome of slot.outcomes) {
      const text = `${base},${outcomeText(outcome)}`;
      const group = groups.get(text);
      if (group) group.push(outcome);
      else groups.set(text, [outcome]);
    }
  }
  return groups;
}

function* counts(groups: Groups): Generator<readonly [string, number]> {
  for (const [text, outcomes] of groups) yield [text, sumAt(outcomes, COUNT_AT)];
}

// Cumulative counts at those of our bounds that the family has; ours contain all of them.
function* distributions(groups: Groups, source: Histogram, bounds: readonly number[]) {
  for (const [text, outcomes] of groups) {
    const buckets: (readonly [bound: number, count: number])[] = [];
    let count = 0;
    source.bounds.forEach((bound, i) => {
      count += sumAt(outcomes, source.at + i);
      if (bounds.includes(bound)) buckets.push([bound, count]);
    });
    const sum = sumAt(outcomes, source.sumAt);
    yield { labels: text, buckets, sum, count: sumAt(outcomes, COUNT_AT) };
  }
}

function sumAt(outcomes: readonly Outcome[], at: number): number {
  let sum = 0;
  for (const { totals } of outcomes) sum += totals[at]!;
  return sum;
}

function labelled(name: string, values: Readonly<Record<string, number>>) {
  return Object.entries(values).map(([key, value]) => [labelText([[name, key]]), value] as const);
}

function alone(value: number): readonly (readonly [string, number])[] {
  return [["", value]];
}
