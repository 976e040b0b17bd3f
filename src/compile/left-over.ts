// What the rules for a service port are not about, and which goes to the service as if there were
// none. In Istio that is: requests for hosts of a pattern that only rules for other hosts are for;
// connections without TLS that no rule takes; and those with TLS of callers that no rule is for
// (https://github.com/istio/istio/blob/master/pilot/pkg/networking/core/tls.go).

import type { HttpRoute } from "#ir/route.ts";
import type { MatchPlan } from "#snapshot/plan.ts";
import type { Catalog } from "./catalog.ts";
import { callersOf } from "./match-plan.ts";
import type { RankedMatch } from "./rank-matches.ts";

// Empty: all that gets past the rules.
export type LeftOver = Pick<MatchPlan, "exceptAuthorities" | "exceptCallers">;

// `routes`: those in force, of one layer. Undefined: nothing.
export function leftOver(
  catalog: Catalog,
  routes: readonly HttpRoute[],
  ranked: readonly RankedMatch[],
): LeftOver | undefined {
  const [first] = routes;
  if (!first) return undefined;
  if (first.layer === undefined) return ofRequests(routes);
  if (first.dialect !== "istio") return undefined;
  return first.layer === "tcp" ? ofPlainTcp(ranked) : ofTls(catalog, ranked);
}

function ofRequests(routes: readonly HttpRoute[]): LeftOver | undefined {
  if (routes.some(({ authorities }) => authorities.length === 0)) return undefined;
  return { exceptAuthorities: [...new Set(routes.flatMap(({ authorities }) => authorities))] };
}

function ofPlainTcp(ranked: readonly RankedMatch[]): LeftOver | undefined {
  const takesAll = ranked.some(
    ({ route, match }) => route.authorities.length === 0 && !match.subnets && !match.callers,
  );
  return takesAll ? undefined : {};
}

function ofTls(catalog: Catalog, ranked: readonly RankedMatch[]): LeftOver | undefined {
  const callers = ranked.flatMap(({ match }) => match.callers ?? []);
  if (callers.length < ranked.length) return undefined;
  const exceptCallers = [...new Set(callers.flatMap((each) => callersOf(catalog, each)))];
  return exceptCallers.length === 0 ? {} : { exceptCallers };
}
