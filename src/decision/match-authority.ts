// Hot path.
//
// Host and :authority, compared in lower case, without port and without the dot at the end of a
// full name. Rules hold theirs in that form already.

import type { BoundString } from "./bound-outbound.ts";

export function isOneOf(authority: string, wanted: readonly string[]): boolean {
  const length = nameLength(authority);
  for (let i = 0; i < wanted.length; i++) {
    if (wanted[i]!.length === length && beginsWith(authority, wanted[i]!)) return true;
  }
  return false;
}

export function matchesAuthority(authority: string, { kind, value }: BoundString): boolean {
  const length = nameLength(authority);
  if (kind === "present") return length > 0;
  if (kind === "exact" && length !== value.length) return false;
  return length >= value.length && beginsWith(authority, value);
}

// "[::1]:80" has colons inside its brackets.
function nameLength(authority: string): number {
  const colon = authority.lastIndexOf(":");
  const end = colon < 0 || authority.indexOf("]", colon) >= 0 ? authority.length : colon;
  return end > 0 && authority.charCodeAt(end - 1) === 0x2e ? end - 1 : end;
}

function beginsWith(authority: string, lower: string): boolean {
  for (let i = 0; i < lower.length; i++) {
    const character = authority.charCodeAt(i);
    const isCapital = character >= 0x41 && character <= 0x5a;
    if ((isCapital ? character | 0x20 : character) !== lower.charCodeAt(i)) return false;
  }
  return true;
}
