// Hot path.
//
// The method of an upgrade, across the mesh. Extended CONNECT (RFC 8441) has no place for one:
// there an upgrade is a GET, as websockets want it. Others ask by POST, `docker attach` (tcp) and
// `kubectl exec` (SPDY/3.1) for instance, and both ends of an upgrade would disagree about what was
// asked for. So a proxy that sends one on writes its method down for the other.

import type { RequestHead } from "#proxy/exchange/heads.ts";

export const METHOD_HEADER = "weft-method";

const LENGTH_MAX = 32;
const USUAL = "GET";
const CAPITAL_A = 0x41;
const CAPITAL_Z = 0x5a;
const DASH = 0x2d;

// What has to be written down: "" where extended CONNECT says it all.
export function methodToTell({ method, upgrade }: RequestHead): string {
  return upgrade !== undefined && method !== USUAL ? method : "";
}

// The method that was asked for, from what the peer's proxy wrote. It becomes a part of a request
// line, so it must be a word; and CONNECT asks for something else.
export function methodAsked({ method, upgrade }: RequestHead, told: string): string {
  return upgrade === undefined || !isMethod(told) ? method : told;
}

function isMethod(told: string): boolean {
  if (told === "" || told.length > LENGTH_MAX || told === "CONNECT") return false;
  for (let i = 0; i < told.length; i++) {
    const char = told.charCodeAt(i);
    if ((char < CAPITAL_A || char > CAPITAL_Z) && char !== DASH) return false;
  }
  return true;
}
