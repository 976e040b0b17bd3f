// The matches of a rule that delegates together with those of one that it delegates to.

import type { CallerMatch, FieldMatch, PathMatch, RouteMatch, StringMatch } from "#ir/route.ts";

type AnyMatch = StringMatch | PathMatch;

// Undefined: they contradict each other.
export function mergeMatches(
  root: readonly RouteMatch[],
  own: readonly RouteMatch[],
): readonly RouteMatch[] | undefined {
  if (root.length === 0) return own;
  if (own.length === 0) return root;
  const merged: RouteMatch[] = [];
  for (const match of own) {
    const fitting = root.filter((outer) => !contradict(outer, match));
    if (fitting.length === 0) return undefined;
    merged.push(...fitting.map((outer) => merge(outer, match)));
  }
  return merged;
}

function merge(root: RouteMatch, own: RouteMatch): RouteMatch {
  const callers = mergeCallers(root.callers, own.callers);
  const withoutHeaders = mergeFields(root.withoutHeaders ?? [], own.withoutHeaders ?? []);
  const method = own.method ?? (own.methodMatch ? undefined : root.method);
  const methodMatch = own.methodMatch ?? (own.method ? undefined : root.methodMatch);
  const scheme = own.scheme ?? root.scheme;
  return {
    port: own.port ?? root.port,
    path: own.path ?? root.path,
    method,
    authority: own.authority ?? root.authority,
    headers: mergeFields(root.headers, own.headers),
    query: mergeFields(root.query, own.query),
    ...(methodMatch && { methodMatch }),
    ...(scheme && { scheme }),
    ...(withoutHeaders.length > 0 && { withoutHeaders }),
    ...(own.ignoresPathCase && { ignoresPathCase: true as const }),
    ...(callers && { callers }),
  };
}

// By name the delegate's own wins.
function mergeFields(root: readonly FieldMatch[], own: readonly FieldMatch[]): FieldMatch[] {
  return [...root.filter(({ name }) => !own.some((each) => each.name === name)), ...own];
}

function mergeCallers(
  root: CallerMatch | undefined,
  own: CallerMatch | undefined,
): CallerMatch | undefined {
  if (!root || !own) return own ?? root;
  const namespace = own.namespace ?? root.namespace;
  return { namespace, labels: new Map([...root.labels, ...own.labels]) };
}

function contradict(root: RouteMatch, own: RouteMatch): boolean {
  if ((root.ignoresPathCase ?? false) !== (own.ignoresPathCase ?? false)) return true;
  if (root.port !== undefined && own.port !== undefined && root.port !== own.port) return true;
  return (
    isOutside(root.path, own.path) ||
    isOutside(root.scheme, own.scheme) ||
    isOutside(methodOf(root), methodOf(own)) ||
    isOutside(root.authority, own.authority) ||
    areOutside(root.headers, own.headers) ||
    areOutside(root.withoutHeaders ?? [], own.withoutHeaders ?? []) ||
    areOutside(root.query, own.query)
  );
}

function methodOf({ method, methodMatch }: RouteMatch): StringMatch | undefined {
  return method === undefined ? methodMatch : { kind: "exact", value: method };
}

function areOutside(root: readonly FieldMatch[], own: readonly FieldMatch[]): boolean {
  return own.some(({ name, value }) => {
    return isOutside(root.find((each) => each.name === name)?.value, value);
  });
}

// Does `own` take anything that `root` doesn't? Of regular expressions nobody can tell.
function isOutside(root: AnyMatch | undefined, own: AnyMatch | undefined): boolean {
  if (!root || !own) return false;
  if (root.kind === "exact") return own.kind !== "exact" || own.value !== root.value;
  if (root.kind !== "prefix") return true;
  const isKnown = own.kind === "exact" || own.kind === "prefix";
  return !isKnown || !own.value.startsWith(root.value);
}
