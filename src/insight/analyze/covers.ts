// Whether one match takes every request that another one takes. Only what is certain: where it
// can't be told, the answer is no.

import { canonicalJson } from "#compile/canonical-json.ts";
import { trimmedPrefix } from "#compile/rank-matches.ts";
import type { FieldMatch, PathMatch, RouteMatch, StringMatch } from "#ir/route.ts";

export function covers(wide: RouteMatch, narrow: RouteMatch): boolean {
  return (
    coversPath(wide, narrow) &&
    (wide.method === undefined || wide.method === narrow.method) &&
    (wide.authority === undefined || coversText(wide.authority, narrow.authority)) &&
    coversFields(wide.headers, narrow.headers) &&
    coversFields(wide.query, narrow.query) &&
    isSame(wide.methodMatch, narrow.methodMatch) &&
    isSame(wide.scheme, narrow.scheme) &&
    isSame(wide.withoutHeaders, narrow.withoutHeaders) &&
    isSame(wide.serverNames, narrow.serverNames) &&
    isSame(wide.subnets, narrow.subnets) &&
    (wide.callers === undefined || callersText(wide) === callersText(narrow))
  );
}

function coversPath(wide: RouteMatch, narrow: RouteMatch): boolean {
  if (wide.path === undefined || isEveryPath(wide.path)) return true;
  if (narrow.path === undefined) return false;
  if (wide.ignoresPathCase) return prefixCovers(lowered(wide.path), lowered(narrow.path));
  return narrow.ignoresPathCase ? false : prefixCovers(wide.path, narrow.path);
}

function isEveryPath({ kind, value }: PathMatch): boolean {
  if (kind === "segment-prefix") return trimmedPrefix(value) === "";
  return kind === "prefix" && (value === "" || value === "/");
}

function prefixCovers(wide: PathMatch, narrow: PathMatch): boolean {
  if (wide.kind === "regex" || narrow.kind === "regex") {
    return wide.kind === narrow.kind && wide.value === narrow.value;
  }
  const least = narrow.kind === "segment-prefix" ? trimmedPrefix(narrow.value) : narrow.value;
  switch (wide.kind) {
    case "exact":
      return narrow.kind === "exact" && narrow.value === wide.value;
    case "prefix":
      return least.startsWith(wide.value);
    case "segment-prefix": {
      const start = trimmedPrefix(wide.value);
      const isWhole = narrow.kind !== "prefix" && least === start;
      return isWhole || least.startsWith(`${start}/`);
    }
  }
}

function lowered(path: PathMatch): PathMatch {
  return path.kind === "regex" ? path : { ...path, value: path.value.toLowerCase() };
}

// Each wish of the wide one is a wish of the narrow one, too.
function coversFields(wide: readonly FieldMatch[], narrow: readonly FieldMatch[]): boolean {
  return wide.every(({ name, value }) =>
    narrow.some((other) => other.name === name && coversText(value, other.value)),
  );
}

function coversText(wide: StringMatch, narrow: StringMatch | undefined): boolean {
  if (narrow === undefined) return false;
  switch (wide.kind) {
    case "present":
      return true;
    case "prefix":
      return (
        (narrow.kind === "exact" || narrow.kind === "prefix") && narrow.value.startsWith(wide.value)
      );
    default:
      return narrow.kind === wide.kind && narrow.value === wide.value;
  }
}

function isSame(wide: unknown, narrow: unknown): boolean {
  return wide === undefined || canonicalJson(wide) === canonicalJson(narrow ?? null);
}

function callersText({ callers }: RouteMatch): string {
  return canonicalJson(callers && [callers.namespace ?? null, [...callers.labels].sort()]);
}
