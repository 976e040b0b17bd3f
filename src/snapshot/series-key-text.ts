// A series' key as one text, to look it up by: two keys have the same text exactly if they are the
// same.

import type { SeriesKey } from "./report.ts";

// JSON, as names come from a peer and may contain any separator.
export function seriesKeyText(key: SeriesKey): string {
  return JSON.stringify([
    key.reporter,
    key.sourceNamespace,
    key.sourceWorkload,
    key.sourceIdentity,
    key.destinationNamespace,
    key.destinationWorkload,
    key.destinationIdentity,
    key.destinationService,
    key.destinationServiceNamespace,
    key.destinationPort,
    key.route,
    key.backend,
    key.isMutualTls,
  ]);
}
