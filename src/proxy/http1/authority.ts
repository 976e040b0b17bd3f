// Hot path.
//
// Host and authority (RFC 3986 §3.2): a name, an IPv4 or a bracketed IPv6 address, and perhaps a
// port. No user part, no zone, no list.

import { HEX_VALUE, HOST_NAME } from "./char-classes.ts";

const COLON = 0x3a;
const DOT = 0x2e;
const BRACKET_OPEN = 0x5b;
const BRACKET_CLOSE = 0x5d;
const DIGIT_0 = 0x30;
const DIGIT_9 = 0x39;
const PORT_MAX = 65_535;

export function isAuthority(text: string): boolean {
  const nameEnd = text.charCodeAt(0) === BRACKET_OPEN ? addressEnd(text) : hostNameEnd(text);
  if (nameEnd <= 0) return false;
  return nameEnd === text.length || isPort(text, nameEnd);
}

// The same origin, with or without the port that the scheme implies.
export function isSameAuthority(left: string, right: string, defaultPort: string): boolean {
  if (left === right) return true;
  const a = withoutPort(left.toLowerCase(), defaultPort);
  return a === withoutPort(right.toLowerCase(), defaultPort);
}

function withoutPort(authority: string, port: string): string {
  return authority.endsWith(port) ? authority.slice(0, -port.length) : authority;
}

function hostNameEnd(text: string): number {
  let at = 0;
  while (at < text.length && HOST_NAME[text.charCodeAt(at)] === 1) at++;
  return at;
}

function addressEnd(text: string): number {
  let at = 1;
  for (; at < text.length; at++) {
    const char = text.charCodeAt(at);
    const isDigit = HEX_VALUE[char]! < 16;
    if (!isDigit && char !== COLON && char !== DOT) break;
  }
  return at > 1 && text.charCodeAt(at) === BRACKET_CLOSE ? at + 1 : -1;
}

function isPort(text: string, from: number): boolean {
  if (text.charCodeAt(from) !== COLON) return false;
  let port = 0;
  for (let i = from + 1; i < text.length; i++) {
    const char = text.charCodeAt(i);
    if (char < DIGIT_0 || char > DIGIT_9) return false;
    port = port * 10 + char - DIGIT_0;
    if (port > PORT_MAX) return false;
  }
  return port > 0;
}
