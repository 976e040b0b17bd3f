// Rules that never see a request, because an earlier one takes it. Only what is certain: the same
// match again, or anything behind a match of every request.

import type { Diagnostic } from "#ir/diagnostic.ts";
import { refText } from "#ir/origin.ts";
import type { PathMatch, RouteMatch, RouteRule } from "#ir/route.ts";
import { canonicalJson } from "./canonical-json.ts";
import { type PortName, portText } from "./choose-routes.ts";
import { compareText } from "./compare.ts";
import { diagnose } from "./diagnose.ts";
import { type RankedMatch, trimmedPrefix } from "./rank-matches.ts";

// `ranked` in the order in which they are tried.
export function findShadowed(ranked: readonly RankedMatch[], target: PortName): Diagnostic[] {
  const first = new Map<string, RankedMatch>();
  const shadowsOf = new Map<RouteRule, RankedMatch[]>();
  for (const entry of ranked) {
    const key = matchKey(entry);
    const everyOfHost = everyKey(entry.route.authorities);
    const by = first.get(key) ?? first.get(everyOfHost) ?? first.get(everyKey([]));
    if (!by) first.set(key, entry);
    else if (by.rule !== entry.rule) {
      shadowsOf.set(entry.rule, [...(shadowsOf.get(entry.rule) ?? []), by]);
    }
  }
  return [...Map.groupBy(ranked, ({ rule }) => rule)].flatMap(([rule, entries]) => {
    const shadows = shadowsOf.get(rule) ?? [];
    return report(entries[0]!, shadows, shadows.length === entries.length, target);
  });
}

function report(
  entry: RankedMatch,
  shadows: readonly RankedMatch[],
  isUnreachable: boolean,
  target: PortName,
): Diagnostic[] {
  const own = refText(entry.route.origin.ref);
  const other = shadows.find(({ route }) => refText(route.origin.ref) !== own);
  if (other) return [lostTo(entry, other, target)];
  return isUnreachable && shadows[0] ? [unreachableAfter(entry, shadows[0])] : [];
}

function unreachableAfter(entry: RankedMatch, by: RankedMatch): Diagnostic {
  return diagnose({
    code: "WEFT207",
    severity: "warning",
    message:
      `${ruleText(entry)} can never match: rule ${by.rule.index} before it takes ` +
      "every such request",
    remedy: "Put the narrower rule first, or remove one of the two.",
    origin: entry.rule.origin,
  });
}

function lostTo(entry: RankedMatch, by: RankedMatch, target: PortName): Diagnostic {
  return diagnose({
    code: "WEFT205",
    severity: "warning",
    message:
      `${ruleText(entry)} matches the same requests to ${portText(target)} as ` +
      `${ruleText(by)}, which came first and takes them`,
    remedy: "Remove one of the two rules, or make its match narrower.",
    origin: entry.rule.origin,
  });
}

function ruleText({ route, rule }: RankedMatch): string {
  return `${refText(route.origin.ref)} rule ${rule.index}`;
}

// Two matches with one key take the same requests.
function matchKey({ route, match }: RankedMatch): string {
  const byName = <T extends { readonly name: string }>(fields: readonly T[]) =>
    [...fields].sort((a, b) => compareText(a.name, b.name));
  return canonicalJson([
    [...route.authorities].sort(),
    pathKey(match.path),
    match.method ?? null,
    match.authority ?? null,
    byName(match.headers),
    byName(match.query),
    ...rareParts(match),
  ]);
}

// None for a match without them, which is how most are, and the one of every request.
function rareParts(match: RouteMatch): unknown[] {
  const { methodMatch, scheme, withoutHeaders, ignoresPathCase, callers } = match;
  const { serverNames, subnets } = match;
  const labels = callers && [...callers.labels].sort(([a], [b]) => compareText(a, b));
  const rare = { methodMatch, scheme, withoutHeaders, ignoresPathCase, serverNames, subnets };
  const given = Object.entries({
    ...rare,
    callers: callers && [callers.namespace ?? null, labels],
  });
  return given.filter(([, value]) => value !== undefined);
}

function everyKey(authorities: readonly string[]): string {
  return canonicalJson([[...authorities].sort(), null, null, null, [], []]);
}

function pathKey(path: PathMatch | undefined): unknown {
  if (path === undefined || path.value === "/") {
    return path?.kind === "exact" ? path : null;
  }
  if (path.kind !== "segment-prefix") return path;
  return { kind: path.kind, value: trimmedPrefix(path.value) };
}
