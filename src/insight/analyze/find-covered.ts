// Rules, or single matches of them, that never see a request, because an earlier rule takes all
// that they would. What compiling finds by itself (the same match again, a rule behind one that
// takes everything) is not told twice, see `analyze`.

import { LIMITS } from "#base/limits.ts";
import { attachRoutes } from "#compile/attach-routes.ts";
import type { Catalog } from "#compile/catalog.ts";
import { chooseRoutes } from "#compile/choose-routes.ts";
import { diagnose } from "#compile/diagnose.ts";
import { type RankedMatch, rankMatches } from "#compile/rank-matches.ts";
import { routeConsumers } from "#compile/route-consumers.ts";
import type { Diagnostic } from "#ir/diagnostic.ts";
import { refText } from "#ir/origin.ts";
import type { HttpRoute, RouteRule } from "#ir/route.ts";
import { covers } from "./covers.ts";

export function findCovered(catalog: Catalog, routes: readonly HttpRoute[]): Diagnostic[] {
  const { routesOf } = attachRoutes(catalog, routes);
  return catalog.services.flatMap((service) =>
    service.ports.flatMap((port) => {
      const all = [...(routesOf.get(port) ?? [])];
      const { namespace, name } = service;
      const target = { namespace, name, port: port.port };
      // Rules about requests and those about connections are no rivals.
      return [true, false].flatMap((isAboutRequests) => {
        const attached = all.filter(({ route }) => (route.layer === undefined) === isAboutRequests);
        const consumers = new Set(routeConsumers(attached.map(({ route }) => route)));
        return [undefined, ...consumers].flatMap((consumer) => {
          const chosen = chooseRoutes(attached, consumer, target).routes;
          return coveredAmong(rankMatches(chosen, port.port).slice(0, LIMITS.matchesComparedMax));
        });
      });
    }),
  );
}

function coveredAmong(ranked: readonly RankedMatch[]): Diagnostic[] {
  const matchesOf = Map.groupBy(ranked, ({ rule }) => rule);
  const lost = new Map<RouteRule, { readonly own: RankedMatch; readonly by: RankedMatch }[]>();
  for (const [i, own] of ranked.entries()) {
    const by = ranked.slice(0, i).find((other) => other.rule !== own.rule && takesAll(other, own));
    if (by) lost.set(own.rule, [...(lost.get(own.rule) ?? []), { own, by }]);
  }
  return [...lost].map(([rule, losses]) => {
    const isWhole = losses.length === matchesOf.get(rule)!.length;
    return isWhole ? unreachable(losses[0]!) : ineffective(losses[0]!);
  });
}

function takesAll(wide: RankedMatch, narrow: RankedMatch): boolean {
  const hosts = wide.route.authorities;
  const own = narrow.route.authorities;
  const hasAllHosts =
    hosts.length === 0 || (own.length > 0 && own.every((host) => hosts.includes(host)));
  return hasAllHosts && covers(wide.match, narrow.match);
}

type Loss = { readonly own: RankedMatch; readonly by: RankedMatch };

function unreachable({ own, by }: Loss): Diagnostic {
  return diagnose({
    code: "WEFT207",
    severity: "warning",
    message: `${ruleText(own)} can never match: ${ruleText(by)}, tried before it, takes all of it`,
    remedy: "Put the narrower rule first, or remove one of the two.",
    origin: own.rule.origin,
  });
}

function ineffective({ own, by }: Loss): Diagnostic {
  const place = own.rule.matches.indexOf(own.match);
  return diagnose({
    code: "WEFT221",
    severity: "warning",
    message:
      `match ${place} of ${ruleText(own)} takes no request: ${ruleText(by)}, tried before it, ` +
      "takes all of them",
    remedy: "Remove the match, or put the narrower rule first.",
    origin: own.rule.origin,
  });
}

function ruleText({ rule }: RankedMatch): string {
  return `${refText(rule.origin.ref)} rule ${rule.index}`;
}
