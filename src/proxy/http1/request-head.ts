// Hot path.
//
// The head of a request (RFC 9112 §3), strictly.

import { readLatin1 } from "#base/latin1.ts";
import type { Limits } from "#base/limits.ts";
import type { Failure } from "#proxy/exchange/failure.ts";
import type { RequestHead } from "#proxy/exchange/heads.ts";
import { LOWER_TOKEN, TARGET } from "./char-classes.ts";
import { type Fault, requestFailure } from "./fault.ts";
import { scanFields } from "./field-scanner.ts";
import type { HeadFields } from "./head-fields.ts";
import { parseTarget } from "./request-target.ts";

export type ParsedRequest = {
  readonly kind: "request";
  readonly head: RequestHead;
  // 0 or 1: HTTP/1.0 or HTTP/1.1.
  readonly minorVersion: number;
  readonly isChunked: boolean;
  readonly keepsAlive: boolean;
  readonly expectsContinue: boolean;
  readonly acceptsTrailers: boolean;
};

export type RefusedRequest = { readonly kind: "refused"; readonly failure: Failure };

const LF = 0x0a;
const CR = 0x0d;
const SPACE = 0x20;
const DIGIT_0 = 0x30;
const DIGIT_9 = 0x39;
const VERSION_LENGTH = "HTTP/1.1".length;

// From `start` to `end` lies everything up to and including the empty line.
export function parseRequestHead(
  bytes: Buffer,
  start: number,
  end: number,
  limits: Limits,
): ParsedRequest | RefusedRequest {
  // RFC 9112 §2.2: an empty line before the request is passed over. One.
  const methodAt = bytes[start] === CR && bytes[start + 1] === LF ? start + 2 : start;
  let methodEnd = methodAt;
  while (LOWER_TOKEN[bytes[methodEnd]!]) methodEnd++;
  if (methodEnd === methodAt || bytes[methodEnd] !== SPACE) {
    return malformed("the request line starts with no method");
  }
  const targetAt = methodEnd + 1;
  let targetEnd = targetAt;
  while (TARGET[bytes[targetEnd]!] === 1) targetEnd++;
  if (targetEnd === targetAt || bytes[targetEnd] !== SPACE) {
    return malformed("a character that no request target may contain");
  }
  if (targetEnd - targetAt > limits.requestTargetBytesMax) {
    return refused({ kind: "too-large", detail: "the request target is too long" });
  }
  const lineEnd = targetEnd + 1 + VERSION_LENGTH;
  if (bytes[lineEnd] !== CR || bytes[lineEnd + 1] !== LF) {
    return malformed("the request line ends with no version");
  }
  const text = readLatin1(bytes, start, end);
  const versionAt = targetEnd + 1 - start;
  const minorVersion = minorVersionAt(text, versionAt);
  if (minorVersion < 0) return refusedVersion(text, versionAt);
  const fields = scanFields(bytes, start, text, lineEnd + 2, limits.headersMax);
  if (fields.fault) return refused(fields.fault);
  const method = text.slice(methodAt - start, methodEnd - start);
  return assemble(method, text.slice(targetAt - start, targetEnd - start), minorVersion, fields);
}

function assemble(
  method: string,
  targetText: string,
  minorVersion: number,
  fields: HeadFields,
): ParsedRequest | RefusedRequest {
  const host = fields.host;
  if (minorVersion === 1 && !host) return malformed("HTTP/1.1 without a Host");
  const target = parseTarget(method, targetText, host ?? "");
  if (typeof target === "string") return malformed(target);
  const { isChunked, contentLength, expect } = fields;
  if (isChunked && minorVersion === 0) return malformed("Transfer-Encoding in HTTP/1.0");
  if (method === "CONNECT" && (isChunked || contentLength > 0)) {
    return malformed("CONNECT with a body");
  }
  // "y 100-continue" is an expectation for one parser and none for another, and then they disagree
  // about whose the next bytes are.
  const expectsContinue = expect !== undefined && expect.toLowerCase() === "100-continue";
  if (expect !== undefined && !expectsContinue) return malformed("Expect is not 100-continue");
  const head = {
    method,
    scheme: target.scheme,
    authority: target.authority,
    path: target.path,
    headers: fields.headers,
    contentLength: isChunked ? -1 : Math.max(contentLength, 0),
  };
  const upgrade = minorVersion === 1 ? upgradeOf(head, fields) : "";
  return {
    kind: "request",
    head: upgrade === "" ? head : { ...head, upgrade },
    minorVersion,
    isChunked,
    keepsAlive: !fields.closes && (minorVersion === 1 || fields.keepsAlive),
    expectsContinue: expectsContinue && minorVersion === 1,
    acceptsTrailers: fields.acceptsTrailers,
  };
}

// RFC 9110 §7.8 lets us ignore it. With a body we do: whether the tunnel or the body comes first
// is read in two ways.
function upgradeOf({ method, contentLength }: RequestHead, { upgrade }: HeadFields): string {
  return method === "CONNECT" || contentLength !== 0 ? "" : upgrade;
}

function minorVersionAt(text: string, at: number): number {
  if (!text.startsWith("HTTP/1.", at)) return -1;
  const minor = text.charCodeAt(at + VERSION_LENGTH - 1) - DIGIT_0;
  return minor === 0 || minor === 1 ? minor : -1;
}

function refusedVersion(text: string, at: number): RefusedRequest {
  const isVersion =
    text.startsWith("HTTP/", at) &&
    isDigit(text.charCodeAt(at + 5)) &&
    text.charAt(at + 6) === "." &&
    isDigit(text.charCodeAt(at + 7));
  if (!isVersion) return malformed("the request line ends with no version");
  return refused({ kind: "version", detail: "neither HTTP/1.1 nor HTTP/1.0" });
}

function isDigit(char: number): boolean {
  return char >= DIGIT_0 && char <= DIGIT_9;
}

function malformed(detail: string): RefusedRequest {
  return refused({ kind: "malformed", detail });
}

function refused(fault: Fault): RefusedRequest {
  return { kind: "refused", failure: requestFailure(fault) };
}
