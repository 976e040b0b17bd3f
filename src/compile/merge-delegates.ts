// Rules that delegate, replaced by those that they delegate to, as Istio merges them
// (https://istio.io/latest/docs/reference/config/networking/virtual-service/#Delegate): a match of
// the delegate must lie within one of the root's, what the delegate leaves out the root says, and
// what doesn't fit takes no requests.

import { isSameList } from "#base/same-list.ts";
import type { Diagnostic } from "#ir/diagnostic.ts";
import { nameKey } from "#ir/model.ts";
import { refText } from "#ir/origin.ts";
import type { RequestShape } from "#ir/request-shape.ts";
import type { DelegateRules, HttpRoute, RouteRule } from "#ir/route.ts";
import type { RouteTraffic } from "#ir/route-traffic.ts";
import { diagnose } from "./diagnose.ts";
import { isExported } from "./find-service.ts";
import { mergeMatches } from "./merge-matches.ts";

export type Merged = {
  readonly routes: readonly HttpRoute[];
  readonly diagnostics: readonly Diagnostic[];
};

type Inputs = {
  readonly routes: readonly HttpRoute[];
  readonly delegates: readonly DelegateRules[];
};

const inputs = new WeakMap<Merged, Inputs>();

// `before`: what this returned last; it holds where nothing has changed.
export function mergeDelegates(
  routes: readonly HttpRoute[],
  delegates: readonly DelegateRules[],
  before?: Merged,
): Merged {
  const last = before && inputs.get(before);
  const isSame = last && isSameList(last.routes, routes) && isSameList(last.delegates, delegates);
  const merged = isSame ? before : merge(routes, delegates);
  inputs.set(merged, { routes, delegates });
  return merged;
}

function merge(routes: readonly HttpRoute[], delegates: readonly DelegateRules[]): Merged {
  const byName = new Map(delegates.map((delegate) => [nameKey(delegate), delegate]));
  const used = new Set<DelegateRules>();
  const diagnostics: Diagnostic[] = [];
  const merged = routes.map((route) => {
    if (!route.rules.some(({ delegate }) => delegate)) return route;
    const rules = route.rules.flatMap((rule) => {
      if (!rule.delegate) return [rule];
      const found = byName.get(nameKey(rule.delegate));
      if (found) used.add(found);
      const why = refusal(found, route, rule);
      if (why !== undefined) diagnostics.push(missing(rule, why));
      return why === undefined ? rulesOf(rule, found!, diagnostics) : [];
    });
    return { ...route, rules };
  });
  const idle = delegates.filter((delegate) => !used.has(delegate)).map(unused);
  return { routes: merged, diagnostics: [...diagnostics, ...idle] };
}

function refusal(
  found: DelegateRules | undefined,
  { origin }: HttpRoute,
  { delegate }: RouteRule,
): string | undefined {
  const title = `VirtualService ${nameKey(delegate!)}`;
  if (!found) return `there is no ${title} without hosts`;
  const { namespace } = origin.ref;
  if (isExported(found.exportTo, namespace)) return undefined;
  return `${title} is not exported to ${namespace}`;
}

function rulesOf(root: RouteRule, { rules }: DelegateRules, diagnostics: Diagnostic[]) {
  return rules.flatMap((rule) => {
    const matches = mergeMatches(root.matches, rule.matches);
    if (matches) return [mergeRule(root, rule, matches)];
    diagnostics.push(outside(root, rule));
    return [];
  });
}

// What a rule answers by itself needs nothing of what is for forwarding, and nothing forbids it.
function mergeRule(root: RouteRule, rule: RouteRule, matches: RouteRule["matches"]): RouteRule {
  const names = [root.name, rule.name].filter((name) => name !== "");
  const shape = mergeShape(root.shape, rule.shape);
  const traffic = mergeTraffic(root.traffic, rule.traffic);
  return {
    ...rule,
    name: names.join("-"),
    matches,
    ...(shape && { shape }),
    ...(traffic && { traffic }),
  };
}

// rewrite, headers and corsPolicy: each as a whole.
function mergeShape(root: RequestShape | undefined, own: RequestShape | undefined) {
  if (!root || !own) return own ?? root;
  const isRewriting = own.path !== undefined || own.authority !== undefined;
  const isEditing = own.request !== undefined || own.response !== undefined;
  const { path, authority, request, response, cors } = root;
  return {
    ...(cors && { cors }),
    ...(!isRewriting && path && { path }),
    ...(!isRewriting && authority !== undefined && { authority }),
    ...(!isEditing && request && { request }),
    ...(!isEditing && response && { response }),
    ...own,
  };
}

function mergeTraffic(root: RouteTraffic | undefined, own: RouteTraffic | undefined) {
  if (!root || !own) return own ?? root;
  const [a, b] = [own.timeouts, root.timeouts];
  // A timeout of 0s, which the delegate could mean by itself, is refused by the kind's schema.
  // A try's time stands among the retries.
  const tries = own.retry ? a : (b ?? a);
  const requestMs = a?.requestMs || b?.requestMs || 0;
  const tryMs = tries?.tryMs ?? 0;
  const { timeouts: _, ...rest } = root;
  const { timeouts: __, ...others } = own;
  const merged: RouteTraffic = { ...rest, ...others };
  if (requestMs === 0 && tryMs === 0) return merged;
  return { ...merged, timeouts: { requestMs, tryMs, span: "waiting" as const } };
}

function missing(rule: RouteRule, why: string): Diagnostic {
  const { origin } = rule;
  return diagnose({
    code: "WEFT201",
    severity: "error",
    message: `${refText(origin.ref)} rule ${rule.index} takes no requests: ${why}`,
    remedy: "Name a VirtualService without hosts that is exported to this namespace.",
    origin,
  });
}

function outside(root: RouteRule, rule: RouteRule): Diagnostic {
  const { origin, index } = rule;
  return diagnose({
    code: "WEFT207",
    severity: "warning",
    message:
      `${refText(origin.ref)} rule ${index} takes no requests of ${refText(root.origin.ref)} ` +
      `rule ${root.index}: its match does not lie within one there`,
    remedy: "Match what the rule that delegates matches, or less. Regular expressions never fit.",
    origin,
  });
}

function unused({ origin }: DelegateRules): Diagnostic {
  return diagnose({
    code: "WEFT207",
    severity: "warning",
    message: `${refText(origin.ref)} takes no requests: without hosts, nobody delegates to it`,
    remedy: "Give it hosts, or name it in the delegate of another VirtualService.",
    origin,
  });
}
