// Hot path.
//
// The parts of a match that few matches have.

import type { BoundRare, BoundString } from "./bound-outbound.ts";
import type { DecisionRequest } from "./decision.ts";
import { beginsWithFolded, isOneOf } from "./match-authority.ts";
import { isInSubnets, isNamed } from "./match-connection.ts";
import { hasHeader, matchesText } from "./match-fields.ts";

export const MISSED_NONE = -1;
// MISSED_PATH of missed-part.ts and the like are 0 and on; these come from below.
export const MISSED_RARE_PATH = -2;
export const MISSED_RARE_METHOD = -3;
export const MISSED_SCHEME = -4;
export const MISSED_CALLER = -5;
export const MISSED_SERVER_NAME = -6;
export const MISSED_SUBNET = -7;
export const MISSED_EXCEPT = -8;
// And on downward for each header that must not be there.
export const FIRST_WITHOUT = -9;

export function missedRare(rare: BoundRare, request: DecisionRequest, pathLength: number): number {
  const { isForCaller, path, foldedPath, method, scheme, withoutHeaders } = rare;
  if (!isForCaller) return MISSED_CALLER;
  if (path && !matchesText(request.path.slice(0, pathLength), path)) return MISSED_RARE_PATH;
  if (foldedPath && !matchesFolded(request.path, pathLength, foldedPath)) return MISSED_RARE_PATH;
  if (method && !matchesText(request.method, method)) return MISSED_RARE_METHOD;
  if (scheme && !matchesText(request.scheme ?? "http", scheme)) return MISSED_SCHEME;
  if (rare.serverNames && !isNamed(rare.serverNames, request.serverName ?? "")) {
    return MISSED_SERVER_NAME;
  }
  if (rare.subnets && !isInSubnets(rare.subnets, request.authority)) return MISSED_SUBNET;
  if (rare.exceptAuthorities && isOneOf(request.authority, rare.exceptAuthorities)) {
    return MISSED_EXCEPT;
  }
  for (let i = 0; i < withoutHeaders.length; i++) {
    if (hasHeader(request.headers, withoutHeaders[i]!)) return FIRST_WITHOUT - i;
  }
  return MISSED_NONE;
}

function matchesFolded(path: string, pathLength: number, { kind, value }: BoundString): boolean {
  if (pathLength < value.length || (kind === "exact" && pathLength > value.length)) return false;
  return beginsWithFolded(path, value);
}
