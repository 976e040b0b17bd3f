// Hot path.
//
// Holds one match against one request. `decide` and `explainDecision` both ask here and nowhere
// else, so an explanation can't tell another story than the proxy.

import type { BoundMatch, BoundPath } from "./bound-outbound.ts";
import type { DecisionRequest } from "./decision.ts";
import { isOneOf, matchesAuthority } from "./match-authority.ts";
import { hasHeader, hasParameter } from "./match-fields.ts";
import { MISSED_NONE, missedRare } from "./missed-rare.ts";

// Which part of a match fails first: one of these, or FIRST_FIELD and on for a header, and after
// the headers for a query parameter. What is less than MATCHED is told by missed-rare.ts.
export const MATCHED = MISSED_NONE;
export const MISSED_AUTHORITIES = 0;
export const MISSED_PATH = 1;
export const MISSED_METHOD = 2;
export const MISSED_AUTHORITY = 3;
export const FIRST_FIELD = 4;

// `pathLength` is without the query.
export function missedPart(
  match: BoundMatch,
  request: DecisionRequest,
  pathLength: number,
): number {
  if (match.path && !matchesPath(request.path, pathLength, match.path)) return MISSED_PATH;
  return missedBesidePath(match, request, pathLength);
}

// For whoever has found the match by its path.
export function missedBesidePath(
  match: BoundMatch,
  request: DecisionRequest,
  pathLength: number,
): number {
  const { authorities, method, authority, headers, query, rare } = match;
  if (authorities.length > 0 && !isOneOf(request.authority, authorities)) {
    return MISSED_AUTHORITIES;
  }
  if (method !== undefined && method !== request.method) return MISSED_METHOD;
  if (authority && !matchesAuthority(request.authority, authority)) return MISSED_AUTHORITY;
  for (let i = 0; i < headers.length; i++) {
    if (!hasHeader(request.headers, headers[i]!)) return FIRST_FIELD + i;
  }
  for (let i = 0; i < query.length; i++) {
    if (!hasParameter(request.path, pathLength + 1, query[i]!)) {
      return FIRST_FIELD + headers.length + i;
    }
  }
  return rare === undefined ? MATCHED : missedRare(rare, request, pathLength);
}

export function pathLengthOf(path: string): number {
  const question = path.indexOf("?");
  return question < 0 ? path.length : question;
}

function matchesPath(path: string, pathLength: number, { kind, value }: BoundPath): boolean {
  if (pathLength < value.length || !path.startsWith(value)) return false;
  if (kind === "prefix" || pathLength === value.length) return true;
  return kind === "segment-prefix" && path.charCodeAt(value.length) === 0x2f;
}
