// Rows of routes by the rule they belong to, in an order that figures don't change.

import type { RouteRow } from "#api/route-row.ts";

export type RouteGroup = {
  readonly key: string;
  readonly service: RouteRow["service"];
  readonly route: string;
  readonly rule: number;
  readonly rows: readonly RouteRow[]; // by backend
};

export function groupRoutes(routes: readonly RouteRow[]): readonly RouteGroup[] {
  const groups = new Map<string, RouteRow[]>();
  for (const row of [...routes].sort(compare)) {
    const { service, route, rule } = row;
    const key = `${service.namespace}/${service.name}:${service.port} ${route} ${rule}`;
    groups.set(key, [...(groups.get(key) ?? []), row]);
  }
  return [...groups].map(([key, rows]) => {
    const { service, route, rule } = rows[0]!;
    return { key, service, route, rule, rows };
  });
}

function compare(a: RouteRow, b: RouteRow): number {
  return (
    order(a.service.namespace, b.service.namespace) ||
    order(a.service.name, b.service.name) ||
    a.service.port - b.service.port ||
    order(a.route, b.route) ||
    a.rule - b.rule ||
    order(a.backend, b.backend)
  );
}

function order(a: string, b: string): number {
  return a === b ? 0 : a < b ? -1 : 1;
}
