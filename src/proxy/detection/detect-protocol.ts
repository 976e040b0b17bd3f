// Hot path.
//
// What a connection speaks, from the first bytes that it sends. Pure: ask again with more bytes,
// from the first one on. Whoever asks bounds them; what is undecided then is "other".
//
// It must be sure before it says HTTP/1: a method, a space, and on the same line the version. A
// request that is malformed in other ways still is HTTP here, so that the codec refuses it: passed
// on as bytes it would slip past what is decided about requests.

import { LIMITS } from "#base/limits.ts";

export type DetectedProtocol = "http1" | "http2" | "tls" | "other";

// RFC 9113 §3.4.
const PREFACE = Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "latin1");
const VERSION = Buffer.from(" HTTP/1.", "latin1");

const LF = 0x0a;
const CR = 0x0d;
const SP = 0x20;
const TAB = 0x09;
const ZERO = 0x30;
const NINE = 0x39;
const HANDSHAKE = 0x16;
const CLIENT_HELLO = 0x01;
const TLS_MAJOR = 3;
const TLS_MINOR_MAX = 4;

// RFC 9110 §5.6.2.
const TOKEN = new Uint8Array(256);
for (let code = ZERO; code <= NINE; code++) TOKEN[code] = 1;
for (let code = 0x41; code <= 0x5a; code++) TOKEN[code] = TOKEN[code + 0x20] = 1;
for (const mark of "!#$%&'*+-.^_`|~") TOKEN[mark.charCodeAt(0)] = 1;

export function detectProtocol(bytes: Uint8Array): DetectedProtocol | "undecided" {
  if (bytes.length === 0) return "undecided";
  if (bytes[0] === HANDSHAKE) return detectTls(bytes);
  const same = lengthInCommon(bytes, PREFACE);
  if (same === PREFACE.length) return "http2";
  if (same === bytes.length) return "undecided";
  return detectHttp1(bytes);
}

// A record of a handshake, in it a ClientHello. The version of the record is no version of TLS:
// who speaks only 1.3 writes 3.1 or 3.3 there, and a later one may write anything near.
function detectTls(bytes: Uint8Array): "tls" | "other" | "undecided" {
  const { length } = bytes;
  if (length > 1 && bytes[1] !== TLS_MAJOR) return "other";
  if (length > 2 && bytes[2]! > TLS_MINOR_MAX) return "other";
  if (length > 4 && bytes[3] === 0 && bytes[4] === 0) return "other";
  if (length < 6) return "undecided";
  return bytes[5] === CLIENT_HELLO ? "tls" : "other";
}

function detectHttp1(bytes: Uint8Array): "http1" | "other" | "undecided" {
  let at = 0;
  const most = Math.min(bytes.length, LIMITS.methodBytesMax);
  while (at < most && TOKEN[bytes[at]!] === 1) at++;
  if (at === bytes.length) return "undecided";
  if (at === 0 || bytes[at] !== SP) return "other";
  const space = at;
  for (at++; at < bytes.length; at++) {
    const byte = bytes[at]!;
    if (byte === LF) return endsWithVersion(bytes, space, at) ? "http1" : "other";
    if (byte < SP && byte !== CR && byte !== TAB) return "other";
  }
  return "undecided";
}

function endsWithVersion(bytes: Uint8Array, space: number, lineEnd: number): boolean {
  const end = bytes[lineEnd - 1] === CR ? lineEnd - 1 : lineEnd;
  const minor = bytes[end - 1]!;
  if (minor < ZERO || minor > NINE) return false;
  const start = end - 1 - VERSION.length;
  if (start < space) return false;
  for (let i = 0; i < VERSION.length; i++) if (bytes[start + i] !== VERSION[i]) return false;
  return true;
}

function lengthInCommon(bytes: Uint8Array, other: Uint8Array): number {
  const most = Math.min(bytes.length, other.length);
  let at = 0;
  while (at < most && bytes[at] === other[at]) at++;
  return at;
}
