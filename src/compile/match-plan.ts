// A match as plans have it. Who may ask is worked out here: proxies know no labels.

import { nameKey } from "#ir/model.ts";
import type { CallerMatch, HttpRoute, RouteMatch } from "#ir/route.ts";
import type { MatchPlan } from "#snapshot/plan.ts";
import { type Catalog, selectWorkloads } from "./catalog.ts";
import { compareText } from "./compare.ts";

export function matchPlan(catalog: Catalog, route: HttpRoute, match: RouteMatch): MatchPlan {
  const { path, method, authority, headers, query, port: _, callers, ...others } = match;
  return {
    ...{ authorities: route.authorities, path: path && pathPlan(path), method, authority },
    ...{ headers, query },
    ...(route.exceptAuthorities && { exceptAuthorities: route.exceptAuthorities }),
    ...others,
    ...(callers ? { callers: callersOf(catalog, callers) } : {}),
  };
}

function pathPlan(path: NonNullable<RouteMatch["path"]>): MatchPlan["path"] {
  return path.kind === "regex" ? { kind: "regex", value: path.value } : path;
}

export function callersOf(catalog: Catalog, { namespace, labels }: CallerMatch): readonly string[] {
  const wanted = [...labels];
  if (wanted.length === 0) return namespace === undefined ? ["*"] : [`${namespace}/*`];
  const namespaces = catalog.workloads.map((workload) => workload.namespace);
  const searched = namespace === undefined ? [...new Set(namespaces)] : [namespace];
  return searched
    .flatMap((each) => selectWorkloads(catalog, each, wanted).map(nameKey))
    .sort(compareText);
}
