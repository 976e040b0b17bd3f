// The order in which the matches of all rules are tried. Computed here, so that a proxy simply
// tries one after the other.

import type { HttpRoute, RouteMatch, RouteRule } from "#ir/route.ts";
import { compareKeys } from "./compare.ts";

// One way into a rule.
export type RankedMatch = {
  readonly route: HttpRoute;
  readonly rule: RouteRule;
  readonly match: RouteMatch;
};

const EVERY_REQUEST: RouteMatch = {
  path: undefined,
  method: undefined,
  authority: undefined,
  headers: [],
  query: [],
};

// `routes` stand in the order of their age. `port`: the dialled one.
export function rankMatches(routes: readonly HttpRoute[], port: number): RankedMatch[] {
  const ordered = (wanted: HttpRoute["order"]) =>
    routes.filter(({ order }) => order === wanted).flatMap((route) => matchesOf(route, port));
  const specific = ordered("most-specific");
  const written = ordered("as-written");
  // The sort is stable: what is equally specific keeps the order of age, rule and match.
  specific.sort((a, b) => compareKeys(specificity(a.match), specificity(b.match)));
  return [...specific, ...written];
}

// "/cart/" and "/cart" are one prefix of segments.
export function trimmedPrefix(prefix: string): string {
  return prefix.endsWith("/") ? prefix.slice(0, -1) : prefix;
}

function matchesOf(route: HttpRoute, port: number): RankedMatch[] {
  return route.rules.flatMap((rule) => {
    // A rule whose matches are all for other ports is no rule here: it must not match everything.
    const own = rule.matches.filter((match) => match.port === undefined || match.port === port);
    const matches = rule.matches.length === 0 ? [EVERY_REQUEST] : own;
    return matches.map((match) => ({ route, rule, match }));
  });
}

// Gateway API's order: exact path, longest prefix, method, most headers, most query parameters.
// No path means the prefix "/". What ranks first has the smaller keys.
function specificity({ path, method, headers, query, serverNames }: RouteMatch): number[] {
  return [
    ...nameSpecificity(serverNames),
    ...pathSpecificity(path),
    method === undefined ? 1 : 0,
    -headers.length,
    -query.length,
  ];
}

// Of connections: the whole name, then the longest pattern, then any name.
function nameSpecificity([name]: readonly string[] = []): [kind: number, length: number] {
  if (name === undefined) return [2, 0];
  return name.startsWith("*") ? [1, -name.length] : [0, 0];
}

// A regular expression comes before prefixes: the specification leaves it open, and whoever writes
// one beside a prefix means an exception from it.
function pathSpecificity(path: RouteMatch["path"]): [kind: number, length: number] {
  if (path?.kind === "exact") return [0, 0];
  if (path?.kind === "regex") return [path.isBroad ? 3 : 1, -path.value.length];
  const length = prefixLength(path);
  return [length === 0 ? 4 : 2, -length];
}

function prefixLength(path: RouteMatch["path"]): number {
  if (path === undefined) return 0;
  return path.kind === "segment-prefix" ? trimmedPrefix(path.value).length : path.value.length;
}
