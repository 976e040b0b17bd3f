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
    ...(key.protocol ? [key.protocol] : []),
  ]);
}

// Undefined for what `seriesKeyText` has not written.
export function parseSeriesKeyText(text: string): SeriesKey | undefined {
  const parts: unknown = JSON.parse(text);
  if (!Array.isArray(parts) || parts.length < 13) return undefined;
  const [reporter, sourceNamespace, sourceWorkload, sourceIdentity, ...rest] = parts;
  const [destinationNamespace, destinationWorkload, destinationIdentity, ...route] = rest;
  return {
    ...{ reporter, sourceNamespace, sourceWorkload, sourceIdentity },
    ...{ destinationNamespace, destinationWorkload, destinationIdentity },
    destinationService: route[0],
    destinationServiceNamespace: route[1],
    destinationPort: route[2],
    route: route[3],
    backend: route[4],
    isMutualTls: route[5],
    ...(route[6] === "tcp" ? { protocol: "tcp" } : {}),
  };
}
