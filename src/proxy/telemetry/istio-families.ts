// Istio's standard metrics: https://istio.io/latest/docs/reference/config/metrics/

import { ISTIO_BOUNDS_MS } from "#snapshot/latency.ts";
import type { MetricPlanName } from "#snapshot/metrics-off-plan.ts";
import type { SeriesKey } from "#snapshot/report.ts";
import { counter, histogram } from "./metric-family.ts";
import type { MetricsInput } from "./metrics-text.ts";
import { HISTOGRAMS } from "./outcome.ts";
import {
  counts,
  distributions,
  groupOutcomes,
  type OutcomeGroups,
  sumSlots,
} from "./outcome-groups.ts";
import { flagOf, istioOutcome } from "./series-labels.ts";
import type { SeriesSlot } from "./series-slot.ts";

export function* istioFamilies(input: MetricsInput): Generator<string> {
  const { tunnels, labels, off } = input;
  const told = yield* groupTold(input);
  const help = "Requests, by who asked whom and the answer.";
  yield* counter("istio_requests", help, counts(told("requests")));
  yield* durationFamily(told("request_duration"), input.showsExemplars);
  for (const [name, metric, help, which] of [
    ["istio_request_bytes", "request_bytes", "Size of request bodies.", "requestBytes"],
    ["istio_response_bytes", "response_bytes", "Size of answer bodies.", "responseBytes"],
  ] as const) {
    const sizes = distributions(told(metric), HISTOGRAMS[which], ISTIO_BOUNDS_MS);
    yield* histogram(name, help, "bytes", sizes);
  }
  yield* tcpFamilies(tunnels, labels, off);
}

// What is told of one metric.
type Told = (name: MetricPlanName) => OutcomeGroups;

function* groupTold({ slots, labels, off }: MetricsInput): Generator<string, Told> {
  if (!off) {
    const all = yield* groupOutcomes(slots, labels, "istio", istioOutcome);
    return () => all;
  }
  // Label sets of the two have nothing in common: they say which it is.
  const of = (side: SeriesKey["reporter"]) => slots.filter(({ key }) => key.reporter === side);
  const source = yield* groupOutcomes(of("source"), labels, "istio", istioOutcome);
  const destination = yield* groupOutcomes(of("destination"), labels, "istio", istioOutcome);
  return (name) =>
    new Map([
      ...(off.source.includes(name) ? [] : source),
      ...(off.destination.includes(name) ? [] : destination),
    ]);
}

function* durationFamily(groups: OutcomeGroups, showsExemplars: boolean): Generator<string> {
  const times = distributions(
    groups,
    HISTOGRAMS.duration,
    ISTIO_BOUNDS_MS,
    showsExemplars ? (exemplar) => exemplar.durationMs : undefined,
  );
  const help = "Time to the end of the answer.";
  yield* histogram("istio_request_duration_milliseconds", help, "milliseconds", times);
}

type TcpFamily = readonly [string, MetricPlanName, string, (slot: SeriesSlot) => number];

const TCP_FAMILIES: readonly TcpFamily[] = [
  [
    "istio_tcp_connections_opened",
    "tcp_opened",
    "Connections opened.",
    (slot: SeriesSlot) => slot.requests,
  ],
  [
    "istio_tcp_connections_closed",
    "tcp_closed",
    "Connections closed.",
    (slot) => slot.requests - slot.inFlight,
  ],
  [
    "istio_tcp_received_bytes",
    "tcp_received_bytes",
    "Bytes from who opened the connection.",
    (slot) => slot.receivedBytes,
  ],
  [
    "istio_tcp_sent_bytes",
    "tcp_sent_bytes",
    "Bytes to who opened the connection.",
    (slot) => slot.sentBytes,
  ],
];

// Connections whose bytes are all that is known of them.
function* tcpFamilies(
  tunnels: MetricsInput["tunnels"],
  labels: MetricsInput["labels"],
  off: MetricsInput["off"],
): Generator<string> {
  const textOf = (slot: SeriesSlot) =>
    `${labels.of(slot).istio},request_protocol="tcp",response_flags="${lastFlag(slot)}"`;
  for (const [name, metric, help, countOf] of TCP_FAMILIES) {
    const told = tunnels.filter(({ key }) => off?.[key.reporter].includes(metric) !== true);
    const sums = yield* sumSlots(told, textOf, countOf);
    yield* counter(name, help, sums, name.endsWith("_bytes") ? "bytes" : "");
  }
}

// Connections are too few to be told apart by how each ended: the series says how the last did.
function lastFlag({ outcomes }: SeriesSlot): string {
  return flagOf(outcomes.find(({ cause }) => cause !== "")?.cause ?? "");
}
