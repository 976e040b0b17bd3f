// Who talked to whom.

import type { EdgeQuery, EdgeRow } from "#api/edge-row.ts";
import type { SeriesKey } from "#snapshot/report.ts";
import { isBetween } from "./is-between.ts";
import { groupKey, groupTraffic, knownKey, type Traffic } from "./traffic.ts";

export function edgeRows(query: EdgeQuery, traffic: Traffic): EdgeRow[] {
  const groups = groupTraffic(traffic, query.windowMs, ({ key }) => {
    if (!isEdge(key) || !isWanted(key, query) || !isBetween(key, query)) return undefined;
    return edgeKey(key);
  });
  return [...groups].sort(byKey).map(([, { first, sum, isSecured }]) => ({
    source: {
      namespace: first.key.sourceNamespace,
      workload: first.key.sourceWorkload,
      identity: first.key.sourceIdentity,
    },
    destination: {
      namespace: first.key.destinationNamespace,
      workload: first.key.destinationWorkload,
      identity: first.key.destinationIdentity,
    },
    isSecured,
    ...sum.metrics(query.windowMs),
  }));
}

const edgeKey = knownKey((key) =>
  groupKey(
    key.sourceNamespace,
    key.sourceWorkload,
    key.sourceIdentity,
    key.destinationNamespace,
    key.destinationWorkload,
    key.destinationIdentity,
  ),
);

// A request that reached nobody is no edge: routes and services show it.
function isEdge(key: SeriesKey): boolean {
  return key.reporter === "source" && key.destinationWorkload !== "";
}

function isWanted(key: SeriesKey, { namespace, name }: EdgeQuery): boolean {
  const isIn = (itsNamespace: string, ...itsNames: readonly string[]) =>
    (namespace === undefined || itsNamespace === namespace) &&
    (name === undefined || itsNames.includes(name));
  return (
    isIn(key.sourceNamespace, key.sourceWorkload) ||
    isIn(key.destinationNamespace, key.destinationWorkload, key.destinationService)
  );
}

function byKey(a: readonly [string, unknown], b: readonly [string, unknown]): number {
  return a[0] < b[0] ? -1 : 1;
}
