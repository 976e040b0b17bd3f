// Hot path.
//
// Host and :authority, compared in lower case, without port and without the dot at the end of a
// full name. Rules hold theirs in that form already.

import type { BoundString } from "./bound-outbound.ts";

export function isOneOf(authority: string, wanted: readonly string[]): boolean {
  const length = nameLength(authority);
  for (let i = 0; i < wanted.length; i++) {
    if (wanted[i]!.length === length && beginsWithFolded(authority, wanted[i]!)) return true;
  }
  return false;
}

export function matchesAuthority(
  authority: string,
  { kind, value, pattern }: BoundString,
): boolean {
  const length = nameLength(authority);
  if (kind === "present") return length > 0;
  if (kind === "regex") return fits(pattern, authority, length);
  if (kind === "exact" && length !== value.length) return false;
  return length >= value.length && beginsWithFolded(authority, value);
}

// Without the port; "[::1]:80" has colons inside its brackets.
export function nameLengthOf(authority: string): number {
  const colon = authority.lastIndexOf(":");
  return colon < 0 || authority.indexOf("]", colon) >= 0 ? authority.length : colon;
}

export function beginsWithFolded(text: string, lower: string): boolean {
  for (let i = 0; i < lower.length; i++) {
    const character = text.charCodeAt(i);
    const isCapital = character >= 0x41 && character <= 0x5a;
    if ((isCapital ? character | 0x20 : character) !== lower.charCodeAt(i)) return false;
  }
  return true;
}

// Of an expression, by whoever wrote it, both forms are expected.
function fits(pattern: BoundString["pattern"], authority: string, length: number): boolean {
  if (pattern === undefined) return false;
  const lower = authority.toLowerCase();
  return pattern.matches(lower.slice(0, length)) || pattern.matches(lower);
}

function nameLength(authority: string): number {
  const end = nameLengthOf(authority);
  return end > 0 && authority.charCodeAt(end - 1) === 0x2e ? end - 1 : end;
}
