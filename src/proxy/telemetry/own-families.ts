// Weft's own metrics.

import { accessLogFamilies } from "./access-log-family.ts";
import { detectionFamily } from "./detection-family.ts";
import { ejectionFamilies } from "./ejection-family.ts";
import { labelText } from "./label-text.ts";
import { alone, counter, gauge, info } from "./metric-family.ts";
import type { MetricsInput } from "./metrics-text.ts";
import { counts, groupOutcomes, sumSlots } from "./outcome-groups.ts";
import { routeOutcome } from "./series-labels.ts";

export function* ownFamilies(input: MetricsInput): Generator<string> {
  const { slots, labels, gauges } = input;
  const routes = yield* groupOutcomes(slots, labels, "route", routeOutcome);
  yield* counter("weft_route_requests", "Requests, by route and backend.", counts(routes));
  const inFlight = yield* sumSlots(
    slots,
    ({ key }) => labelText([["reporter", key.reporter]]),
    (slot) => slot.inFlight,
  );
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
  yield* accessLogFamilies(gauges.accessLog?.() ?? { lines: 0, lost: 0 });
  yield* info("weft_build", "The running version.", labelText([["version", input.version]]));
}
