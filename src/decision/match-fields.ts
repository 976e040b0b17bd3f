// Hot path.
//
// Does a header or a query parameter hold what a rule wants? Nothing is cut out of the request: the
// characters are compared where they stand.

import { LIMITS } from "#base/limits.ts";
import type { BoundField, BoundString } from "./bound-outbound.ts";

const PERCENT = 0x25;
const PLUS = 0x2b;
const SPACE = 0x20;

// Of a header that occurs several times any value counts. Joined by commas, "v2, v2" would match
// nothing that a user wrote, and by the first alone whoever adds a header before would decide. For
// routing that is harmless; who may be let in must not be decided like this.
export function hasHeader(headers: readonly string[], { name, value }: BoundField): boolean {
  for (let i = 0; i < headers.length; i += 2) {
    if (headers[i] === name && matchesText(headers[i + 1]!, value)) return true;
  }
  return false;
}

export function matchesText(text: string, { kind, value, pattern }: BoundString): boolean {
  if (kind === "present") return true;
  if (kind === "exact") return text === value;
  if (kind === "prefix") return text.startsWith(value);
  return pattern?.matches(text) ?? false;
}

// Of a parameter that occurs several times the first counts, as Gateway API recommends. `from` is
// where the query begins, behind the question mark.
export function hasParameter(path: string, from: number, { name, value }: BoundField): boolean {
  let start = from;
  for (let seen = 0; seen < LIMITS.queryParametersMax && start <= path.length; seen++) {
    const ampersand = path.indexOf("&", start);
    const end = ampersand < 0 ? path.length : ampersand;
    const equals = path.indexOf("=", start);
    const nameEnd = equals < 0 || equals > end ? end : equals;
    if (end > start && matchesDecoded(path, start, nameEnd, "exact", name)) {
      const valueStart = Math.min(nameEnd + 1, end);
      if (value.kind === "present") return true;
      if (value.kind === "regex") return matchesText(decoded(path, valueStart, end), value);
      return matchesDecoded(path, valueStart, end, value.kind, value.value);
    }
    start = end + 1;
  }
  return false;
}

function decoded(path: string, start: number, end: number): string {
  let text = "";
  for (let at = start; at < end; at++) {
    const character = path.charCodeAt(at);
    const byte = character === PERCENT ? escapedByte(path, at, end) : -1;
    if (byte >= 0) at += 2;
    text += String.fromCharCode(byte >= 0 ? byte : character === PLUS ? SPACE : character);
  }
  return text;
}

// `expected` against path[start, end), percent-decoded, "+" as a space. A "%" without two digits
// behind it stands for itself.
function matchesDecoded(
  path: string,
  start: number,
  end: number,
  kind: "exact" | "prefix",
  expected: string,
): boolean {
  let at = start;
  for (let i = 0; i < expected.length; i++) {
    if (at >= end) return false;
    let character = path.charCodeAt(at);
    if (character === PLUS) character = SPACE;
    if (character === PERCENT) {
      const byte = escapedByte(path, at, end);
      if (byte >= 0) {
        character = byte;
        at += 2;
      }
    }
    if (character !== expected.charCodeAt(i)) return false;
    at++;
  }
  return kind === "prefix" || at >= end;
}

// Behind the "%" at `at`; -1 where no two digits stand there.
function escapedByte(path: string, at: number, end: number): number {
  if (at + 2 >= end) return -1;
  const high = hexDigit(path.charCodeAt(at + 1));
  const low = hexDigit(path.charCodeAt(at + 2));
  return high >= 0 && low >= 0 ? high * 16 + low : -1;
}

function hexDigit(character: number): number {
  if (character >= 0x30 && character <= 0x39) return character - 0x30;
  const letter = character | 0x20;
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x61 + 10 : -1;
}
