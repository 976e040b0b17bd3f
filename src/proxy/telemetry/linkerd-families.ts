// Linkerd's proxy metrics: https://linkerd.io/2/reference/proxy-metrics/

import { LINKERD_BOUNDS_MS } from "#snapshot/latency.ts";
import { counter, gauge, histogram } from "./metric-family.ts";
import type { MetricsInput } from "./metrics-text.ts";
import { HISTOGRAMS } from "./outcome.ts";
import { counts, distributions, groupOutcomes, sumSlots } from "./outcome-groups.ts";
import { linkerdOutcome } from "./series-labels.ts";
import type { SeriesSlot } from "./series-slot.ts";

export function* linkerdFamilies(input: MetricsInput): Generator<string> {
  const { slots, tunnels, labels, showsExemplars } = input;
  const textOf = (slot: SeriesSlot) => labels.of(slot).linkerd;
  const requests = yield* sumSlots(slots, textOf, (slot) => slot.requests);
  yield* counter("request", "Requests that have come in.", requests);
  const groups = yield* groupOutcomes(slots, labels, "linkerd", linkerdOutcome);
  yield* counter("response", "Answers that are complete.", counts(groups));
  const times = distributions(
    groups,
    HISTOGRAMS.firstByte,
    LINKERD_BOUNDS_MS,
    showsExemplars ? (exemplar) => exemplar.firstByteMs : undefined,
  );
  yield* histogram("response_latency_ms", "Time to the first byte of the answer.", "", times);
  yield* tcpFamilies(tunnels, (slot) => `${labels.of(slot).linkerd},peer="src"`);
}

// Linkerd counts every connection here, ours are those that carry no requests.
function* tcpFamilies(
  tunnels: readonly SeriesSlot[],
  textOf: (slot: SeriesSlot) => string,
): Generator<string> {
  const sum = (countOf: (slot: SeriesSlot) => number) => sumSlots(tunnels, textOf, countOf);
  const opened = yield* sum((slot) => slot.requests);
  yield* counter("tcp_open", "Connections opened.", opened);
  const closed = yield* sum((slot) => slot.requests - slot.inFlight);
  yield* counter("tcp_close", "Connections closed.", closed);
  const open = yield* sum((slot) => slot.inFlight);
  yield* gauge("tcp_open_connections", "Connections that are open.", "", open);
  const read = yield* sum((slot) => slot.receivedBytes);
  yield* counter("tcp_read_bytes", "Bytes from who opened the connection.", read, "bytes");
  const written = yield* sum((slot) => slot.sentBytes);
  yield* counter("tcp_write_bytes", "Bytes to who opened the connection.", written, "bytes");
}
