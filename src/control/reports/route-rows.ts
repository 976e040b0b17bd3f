// What each rule did, by backend.

import type { RouteQuery, RouteRow } from "#api/route-row.ts";
import type { SeriesKey } from "#snapshot/report.ts";
import { isBetween } from "./is-between.ts";
import { splitRoute } from "./split-route.ts";
import { type Group, groupKey, groupTraffic, knownKey, type Traffic } from "./traffic.ts";

export function routeRows(query: RouteQuery, traffic: Traffic): RouteRow[] {
  const groups = groupTraffic(traffic, query.windowMs, ({ key }) =>
    isWanted(key, query) && isBetween(key, query) ? backendKey(key) : undefined,
  );
  const taken = new Map<string, number>();
  for (const { first, sum } of groups.values()) {
    const rule = ruleKey(first.key);
    taken.set(rule, (taken.get(rule) ?? 0) + sum.requests);
  }
  return [...groups.values()]
    .map((group) => rowOf(group, taken.get(ruleKey(group.first.key))!, query.windowMs))
    .sort(byPlace);
}

function rowOf({ first: { key }, sum }: Group, taken: number, windowMs: number): RouteRow {
  const { destinationServiceNamespace, destinationService, destinationPort } = key;
  return {
    service: {
      namespace: destinationServiceNamespace,
      name: destinationService,
      port: destinationPort,
    },
    ...splitRoute(key.route),
    backend: key.backend,
    share: taken > 0 ? sum.requests / taken : null,
    ...sum.metrics(windowMs),
  };
}

// Of a service, or those that a workload calls.
function isWanted(key: SeriesKey, { namespace, name }: RouteQuery): boolean {
  if (key.reporter !== "source" || key.destinationService === "") return false;
  if (namespace !== undefined && key.destinationServiceNamespace !== namespace) return false;
  return name === undefined || key.destinationService === name || key.sourceWorkload === name;
}

const ruleKey = knownKey((key) =>
  groupKey(key.destinationServiceNamespace, key.destinationService, key.destinationPort, key.route),
);

const backendKey = knownKey((key) => groupKey(ruleKey(key), key.backend));

function byPlace(a: RouteRow, b: RouteRow): number {
  return (
    compare(a.service.namespace, b.service.namespace) ||
    compare(a.service.name, b.service.name) ||
    a.service.port - b.service.port ||
    compare(a.route, b.route) ||
    a.rule - b.rule ||
    compare(a.backend, b.backend)
  );
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
