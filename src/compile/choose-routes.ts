// Which routes are in force for one service port, and who lost.
//
// One dialect wins, with its whole set: two languages' rules mixed would mean what neither author
// wrote. A caller's own namespace may route for itself (a consumer route); then its rules alone
// apply to it, as GAMMA has it.

import type { Diagnostic } from "#ir/diagnostic.ts";
import type { Name } from "#ir/model.ts";
import { refText } from "#ir/origin.ts";
import type { HttpRoute, RouteDialect } from "#ir/route.ts";
import type { AttachedRoute } from "./attach-routes.ts";
import { originKeys } from "./catalog.ts";
import { compareKeys } from "./compare.ts";
import { diagnose } from "./diagnose.ts";
import { isExported } from "./find-service.ts";
import { serviceText } from "./service-text.ts";

export type PortName = Name & { readonly port: number };

export type Choice = {
  readonly routes: readonly HttpRoute[]; // first tried first
  readonly diagnostics: readonly Diagnostic[];
};

const DIALECT_RANK = {
  "gateway-api": 0,
  istio: 1,
  linkerd: 2,
  smi: 3,
} as const satisfies Record<RouteDialect, number>;

const DIALECT_TEXT = {
  "gateway-api": "Gateway API",
  istio: "Istio",
  linkerd: "Linkerd",
  smi: "SMI",
} as const satisfies Record<RouteDialect, string>;

// `attached` are all routes of this port; `consumer` is the caller's namespace, undefined for
// callers anywhere.
export function chooseRoutes(
  attached: readonly AttachedRoute[],
  consumer: string | undefined,
  target: PortName,
): Choice {
  const visible = narrowest(attached.filter(({ route }) => isVisible(route, consumer))).sort(
    (a, b) => compareKeys(ageKeys(a), ageKeys(b)),
  );
  const best = visible.reduce((rank, { dialect }) => Math.min(rank, DIALECT_RANK[dialect]), 3);
  const winners = visible.filter(({ dialect }) => DIALECT_RANK[dialect] === best);
  const losers = visible.filter(({ dialect }) => DIALECT_RANK[dialect] !== best);
  const own = winners.filter(({ consumerNamespace }) => consumerNamespace !== undefined);
  const { routes, diagnostics } = dropConflicts(own.length > 0 ? own : winners, target);
  return {
    routes: leaveToHosts(routes),
    diagnostics: [
      ...losers.map((loser) => dialectLost(loser, winners[0]!, target)),
      ...diagnostics,
    ],
  };
}

function isVisible(
  { consumerNamespace: only, exportTo }: HttpRoute,
  consumer: string | undefined,
): boolean {
  if (only !== undefined && only !== consumer) return false;
  return consumer === undefined ? exportTo === undefined : isExported(exportTo, consumer);
}

// Of rules in the order written, those for a host win over those for a pattern of hosts.
function narrowest(attached: readonly AttachedRoute[]): HttpRoute[] {
  const isFor = (a: HttpRoute, b: HttpRoute) =>
    a.dialect === b.dialect && a.authorities.join() === b.authorities.join();
  return attached
    .filter(
      ({ route, specificity }) =>
        route.order !== "as-written" ||
        !attached.some((other) => isFor(other.route, route) && other.specificity > specificity),
    )
    .map(({ route }) => route);
}

// Of requests for a host with rules of its own, those for a pattern of hosts get none, also those
// that none of its own matches.
function leaveToHosts(routes: readonly HttpRoute[]): readonly HttpRoute[] {
  const hosts = [...new Set(routes.flatMap(({ authorities }) => authorities))];
  if (hosts.length === 0) return routes;
  return routes.map((route) =>
    route.layer !== undefined || route.authorities.length > 0
      ? route
      : { ...route, exceptAuthorities: hosts },
  );
}

// Older first, then by name; but what is for a certain host before what is for any.
function ageKeys(route: HttpRoute): (string | number)[] {
  return [route.authorities.length > 0 ? 0 : 1, route.createdAtMs, ...originKeys(route.origin)];
}

// Routes whose rules are tried as written can't be merged: of two for one host the first wins.
function dropConflicts(routes: readonly HttpRoute[], target: PortName): Choice {
  const kept: HttpRoute[] = [];
  const diagnostics: Diagnostic[] = [];
  for (const route of routes) {
    const winner = kept.find((other) => conflict(other, route));
    if (winner) diagnostics.push(conflictLost(route, winner, target));
    else kept.push(route);
  }
  return { routes: kept, diagnostics };
}

function conflict(a: HttpRoute, b: HttpRoute): boolean {
  if (a.order !== "as-written" || b.order !== "as-written") return false;
  if (refText(a.origin.ref) === refText(b.origin.ref)) return false;
  if (a.authorities.length === 0 && b.authorities.length === 0) return true;
  return a.authorities.some((authority) => b.authorities.includes(authority));
}

function dialectLost(loser: HttpRoute, winner: HttpRoute, target: PortName): Diagnostic {
  const winning = DIALECT_TEXT[winner.dialect];
  return diagnose({
    code: "WEFT204",
    severity: "warning",
    message:
      `${refText(loser.origin.ref)} does not route ${portText(target)}: ` +
      `${refText(winner.origin.ref)} does, and ${winning} wins over ${DIALECT_TEXT[loser.dialect]}`,
    remedy: `Keep the routes of one dialect for ${portText(target)}.`,
    origin: loser.origin,
  });
}

function conflictLost(loser: HttpRoute, winner: HttpRoute, target: PortName): Diagnostic {
  return diagnose({
    code: "WEFT205",
    severity: "warning",
    message:
      `${refText(loser.origin.ref)} does not route ${portText(target)}: ` +
      `${refText(winner.origin.ref)} came first`,
    remedy: "Write the rules of both into one object.",
    origin: loser.origin,
  });
}

export function portText({ namespace, name, port }: PortName): string {
  return `${serviceText({ namespace, name })} port ${port}`;
}
