// Istio's standard metrics: https://istio.io/latest/docs/reference/config/metrics/

import { ISTIO_BOUNDS_MS } from "#snapshot/latency.ts";
import { counter, histogram } from "./metric-family.ts";
import type { MetricsInput } from "./metrics-text.ts";
import { HISTOGRAMS } from "./outcome.ts";
import { counts, distributions, groupOutcomes, sumSlots } from "./outcome-groups.ts";
import { flagOf, istioOutcome } from "./series-labels.ts";
import type { SeriesSlot } from "./series-slot.ts";

export function* istioFamilies(input: MetricsInput): Generator<string> {
  const { slots, tunnels, labels, showsExemplars } = input;
  const groups = yield* groupOutcomes(slots, labels, "istio", istioOutcome);
  yield* counter("istio_requests", "Requests, by who asked whom and the answer.", counts(groups));
  const times = distributions(
    groups,
    HISTOGRAMS.duration,
    ISTIO_BOUNDS_MS,
    showsExemplars ? (exemplar) => exemplar.durationMs : undefined,
  );
  const help = "Time to the end of the answer.";
  yield* histogram("istio_request_duration_milliseconds", help, "milliseconds", times);
  for (const [name, help, which] of [
    ["istio_request_bytes", "Size of request bodies.", "requestBytes"],
    ["istio_response_bytes", "Size of answer bodies.", "responseBytes"],
  ] as const) {
    const sizes = distributions(groups, HISTOGRAMS[which], ISTIO_BOUNDS_MS);
    yield* histogram(name, help, "bytes", sizes);
  }
  yield* tcpFamilies(tunnels, labels);
}

// Connections whose bytes are all that is known of them.
function* tcpFamilies(
  tunnels: MetricsInput["tunnels"],
  labels: MetricsInput["labels"],
): Generator<string> {
  const textOf = (slot: SeriesSlot) =>
    `${labels.of(slot).istio},request_protocol="tcp",response_flags="${lastFlag(slot)}"`;
  const families: readonly (readonly [string, string, (slot: SeriesSlot) => number])[] = [
    ["istio_tcp_connections_opened", "Connections opened.", (slot) => slot.requests],
    [
      "istio_tcp_connections_closed",
      "Connections closed.",
      (slot) => slot.requests - slot.inFlight,
    ],
    [
      "istio_tcp_received_bytes",
      "Bytes from who opened the connection.",
      (slot) => slot.receivedBytes,
    ],
    ["istio_tcp_sent_bytes", "Bytes to who opened the connection.", (slot) => slot.sentBytes],
  ];
  for (const [name, help, countOf] of families) {
    const sums = yield* sumSlots(tunnels, textOf, countOf);
    yield* counter(name, help, sums, name.endsWith("_bytes") ? "bytes" : "");
  }
}

// Connections are too few to be told apart by how each ended: the series says how the last did.
function lastFlag({ outcomes }: SeriesSlot): string {
  return flagOf(outcomes.find(({ cause }) => cause !== "")?.cause ?? "");
}
