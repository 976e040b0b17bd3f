// /metrics in OpenMetrics text, under Istio's and Linkerd's names, so that dashboards made for
// those work, and a few of our own.
//
// It is made in small pieces, some of them empty: between any two the proxy may do something else,
// so that nobody's request waits for a scrape of thousands of series. Counters may move between two
// pieces, but each histogram is whole.

import type { MetricsOffPlan } from "#snapshot/metrics-off-plan.ts";
import { istioFamilies } from "./istio-families.ts";
import { linkerdFamilies } from "./linkerd-families.ts";
import { ownFamilies } from "./own-families.ts";
import { processFamilies } from "./process-families.ts";
import type { SeriesLabels } from "./series-labels.ts";
import type { SeriesSlot } from "./series-slot.ts";
import type { TelemetryGauges } from "./telemetry.ts";

export type MetricsInput = {
  readonly version: string;
  readonly gauges: TelemetryGauges;
  readonly labels: SeriesLabels;
  // Of Istio's.
  readonly off: MetricsOffPlan | undefined;
  // Of requests, and of plain connections.
  readonly slots: readonly SeriesSlot[];
  readonly tunnels: readonly SeriesSlot[];
  readonly answersByCause: ReadonlyMap<string, number>;
  readonly retries: number;
  readonly seriesLost: number;
  readonly series: number;
  // Requests by their traces, as examples in histograms.
  readonly showsExemplars: boolean;
  readonly further: Iterable<string>;
};

export function* metricsText(input: MetricsInput): Generator<string> {
  yield* istioFamilies(input);
  yield* linkerdFamilies(input);
  yield* ownFamilies(input);
  yield* processFamilies(input.gauges);
  yield* input.further;
  yield "# EOF\n";
}
