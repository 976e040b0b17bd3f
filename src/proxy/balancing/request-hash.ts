// Hot path.
//
// What makes requests alike, as a hash; -1 where the request doesn't have it.

import type { RequestHead } from "#proxy/exchange/heads.ts";
import { cookieEnd, cookieStart } from "./cookie-range.ts";
import { hashText } from "./hash-text.ts";

const AMPERSAND = 0x26;
const EQUALS = 0x3d;
const HASH = 0x23;

export function headerHash({ headers }: RequestHead, name: string): number {
  for (let i = 0; i < headers.length; i += 2) {
    if (headers[i] === name) return hashText(headers[i + 1]!);
  }
  return -1;
}

export function cookieHash({ headers }: RequestHead, name: string): number {
  for (let i = 0; i < headers.length; i += 2) {
    if (headers[i] !== "cookie") continue;
    const value = headers[i + 1]!;
    const start = cookieStart(value, name);
    if (start >= 0) return hashText(value, start, cookieEnd(value, start));
  }
  return -1;
}

// As it stands in the path: nothing is decoded.
export function queryHash({ path }: RequestHead, name: string): number {
  let at = path.indexOf("?");
  while (at >= 0 && at < path.length && path.charCodeAt(at) !== HASH) {
    at++;
    const end = parameterEnd(path, at);
    const equals = at + name.length;
    const isNamed = path.startsWith(name, at) && equals <= end;
    if (isNamed && equals === end) return hashText("");
    if (isNamed && path.charCodeAt(equals) === EQUALS) return hashText(path, equals + 1, end);
    at = end;
  }
  return -1;
}

function parameterEnd(path: string, from: number): number {
  for (let at = from; at < path.length; at++) {
    const character = path.charCodeAt(at);
    if (character === AMPERSAND || character === HASH) return at;
  }
  return path.length;
}
