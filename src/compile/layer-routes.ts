// The routes that are in force for one service port: those about requests, and those about
// connections.

import type { Diagnostic } from "#ir/diagnostic.ts";
import type { Service, ServicePort } from "#ir/model.ts";
import type { RouteMatch } from "#ir/route.ts";
import type { AttachedRoute } from "./attach-routes.ts";
import type { Catalog } from "./catalog.ts";
import { chooseRoutes } from "./choose-routes.ts";
import { findShadowed } from "./find-shadowed.ts";
import { isInRanges } from "./is-in-ranges.ts";
import { type LeftOver, leftOver } from "./left-over.ts";
import { type RankedMatch, rankMatches } from "./rank-matches.ts";

export type LayerRoutes = {
  readonly isRouted: boolean;
  readonly ranked: readonly RankedMatch[];
  // What goes to the service as if nothing routed it; absent: what no rule takes goes nowhere.
  readonly rest?: LeftOver;
  readonly diagnostics: readonly Diagnostic[];
};

// `addresses`: by which the service can be dialled.
export function layerRoutes(
  catalog: Catalog,
  attached: readonly AttachedRoute[],
  service: Service,
  { port }: ServicePort,
  consumer: string | undefined,
  addresses: readonly string[],
): LayerRoutes {
  const { namespace, name } = service;
  const target = { namespace, name, port };
  const choice = chooseRoutes(attached, consumer, target);
  const ranked = rankMatches(choice.routes, port);
  const rest = leftOver(catalog, choice.routes, ranked);
  return {
    isRouted: choice.routes.length > 0,
    ranked: ranked.map((each) => ({ ...each, match: withNames(each.match, addresses) })),
    ...(rest && { rest }),
    diagnostics: [...choice.diagnostics, ...findShadowed(ranked, target)],
  };
}

// Who dials by name would have dialled the service's address.
function withNames(match: RouteMatch, addresses: readonly string[]): RouteMatch {
  const { subnets } = match;
  if (!subnets?.length || !addresses.some((address) => isInRanges(subnets, address))) return match;
  return { ...match, subnets: [...subnets, "*"] };
}
