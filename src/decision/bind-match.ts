// Prepares the matches of a route.

import type { FieldMatchPlan, MatchPlan, PathMatchPlan, StringMatchPlan } from "#snapshot/plan.ts";
import { bindString } from "./bind-string.ts";
import type {
  BoundField,
  BoundMatch,
  BoundPath,
  BoundRare,
  BoundString,
} from "./bound-outbound.ts";
import { bindSubnets } from "./match-connection.ts";
import { wireText } from "./wire-text.ts";

// Shared: most matches want none, and one empty list stays in the processor's cache.
const NO_AUTHORITIES: readonly string[] = [];
const NO_FIELDS: readonly BoundField[] = [];

// `caller`: "namespace/name" of the workload that asks; "" for somebody.
export function bindMatch(
  match: MatchPlan,
  caller: string,
  routeIndex: number,
  matchIndex: number,
): BoundMatch {
  const isPlain = match.path?.kind !== "regex" && !match.ignoresPathCase;
  return {
    routeIndex,
    matchIndex,
    authorities: match.authorities.length > 0 ? match.authorities : NO_AUTHORITIES,
    path: isPlain ? bindPath(match.path) : undefined,
    method: match.method,
    authority: match.authority && bindAuthority(match.authority),
    headers: bindFields(match.headers),
    query: bindFields(match.query),
    rare: bindRare(match, caller),
  };
}

// The prefix "/" means every request, `OPTIONS *` included: it is what a rule without a path gets
// by default.
function bindPath(path: PathMatchPlan | undefined): BoundPath | undefined {
  if (path === undefined || path.kind === "regex") return undefined;
  const value = wireText(path.value);
  if (path.kind === "exact") return { kind: "exact", value };
  if (value === "/" || value === "") return undefined;
  if (path.kind === "prefix") return { kind: "prefix", value };
  return { kind: "segment-prefix", value: value.endsWith("/") ? value.slice(0, -1) : value };
}

function bindRare(match: MatchPlan, caller: string): BoundRare | undefined {
  const { path, ignoresPathCase = false, methodMatch, scheme, withoutHeaders, callers } = match;
  const isRegex = path?.kind === "regex";
  const { serverNames, subnets, exceptAuthorities, exceptCallers } = match;
  const except = exceptAuthorities ?? exceptCallers;
  const others =
    methodMatch ?? scheme ?? withoutHeaders ?? callers ?? serverNames ?? subnets ?? except;
  if (!isRegex && !ignoresPathCase && others === undefined) return undefined;
  const folded = ignoresPathCase && !isRegex ? bindPath(path) : undefined;
  return {
    isForCaller:
      (callers === undefined || isAmong(callers, caller)) &&
      !(exceptCallers && isAmong(exceptCallers, caller)),
    path: isRegex ? bindString(path) : undefined,
    foldedPath: folded && {
      kind: folded.kind === "exact" ? "exact" : "prefix",
      value: folded.value.replace(/[A-Z]/g, (letter) => letter.toLowerCase()),
      pattern: undefined,
    },
    method: methodMatch && bindString(methodMatch),
    scheme: scheme && bindString(scheme),
    withoutHeaders: bindFields(withoutHeaders ?? []),
    exceptAuthorities,
    serverNames,
    subnets: subnets && bindSubnets(subnets),
  };
}

function isAmong(callers: readonly string[], caller: string): boolean {
  if (caller === "") return false;
  const namespace = caller.slice(0, caller.indexOf("/"));
  return callers.includes(caller) || callers.includes(`${namespace}/*`) || callers.includes("*");
}

function bindAuthority(match: StringMatchPlan): BoundString {
  const bound = bindString(match);
  return bound.kind === "regex" ? bound : { ...bound, value: bound.value.toLowerCase() };
}

function bindFields(fields: readonly FieldMatchPlan[]): readonly BoundField[] {
  return fields.length > 0 ? fields.map(bindField) : NO_FIELDS;
}

function bindField({ name, value }: FieldMatchPlan): BoundField {
  return { name: wireText(name), value: bindString(value) };
}
