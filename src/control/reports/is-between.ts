// Whether a series is of requests from one party to another, as their callers saw them.

import type { Party } from "#api/edge-row.ts";
import type { SeriesKey } from "#snapshot/report.ts";

type Parties = { readonly source?: Party | undefined; readonly destination?: Party | undefined };

export function isBetween(key: SeriesKey, { source, destination }: Parties): boolean {
  return (
    isParty(source, key.sourceNamespace, key.sourceWorkload) &&
    (isParty(destination, key.destinationNamespace, key.destinationWorkload) ||
      isParty(destination, key.destinationServiceNamespace, key.destinationService))
  );
}

function isParty(party: Party | undefined, namespace: string, name: string): boolean {
  if (party === undefined) return true;
  const isThere = party.namespace === undefined || party.namespace === namespace;
  return isThere && (party.name === undefined || party.name === name);
}
