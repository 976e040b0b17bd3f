// Hot path.
//
// The head of an answer (RFC 9112 §4) and how its body ends (§6.3), strictly: an upstream that
// two parsers understand differently poisons the connection for the next request.

import { readLatin1 } from "#base/latin1.ts";
import type { Limits } from "#base/limits.ts";
import {
  type Asked,
  LENGTH_UNKNOWN,
  opensTunnel,
  type ResponseHead,
} from "#proxy/exchange/heads.ts";
import type { BodyFraming } from "./body-decoder.ts";
import { FIELD_VALUE } from "./char-classes.ts";
import type { Fault } from "./fault.ts";
import { scanFields } from "./field-scanner.ts";
import type { HeadFields } from "./head-fields.ts";

export type ParsedResponse = {
  readonly kind: "response";
  readonly head: ResponseHead;
  readonly framing: BodyFraming;
  readonly keepsAlive: boolean;
  // What follows is the tunnel that was asked for.
  readonly opensTunnel: boolean;
};

export type RefusedResponse = { readonly kind: "refused"; readonly fault: Fault };

const LF = 0x0a;
const CR = 0x0d;
const SPACE = 0x20;
const DIGIT_0 = 0x30;
const VERSION_LENGTH = "HTTP/1.1".length;
const STATUS_AT = VERSION_LENGTH + 1;

// From `start` to `end` lies everything up to and including the empty line; `asked` is the request.
export function parseResponseHead(
  bytes: Buffer,
  start: number,
  end: number,
  asked: Asked,
  limits: Limits,
): ParsedResponse | RefusedResponse {
  const text = readLatin1(bytes, start, end);
  const minorVersion = minorVersionOf(text);
  const status = statusOf(text);
  if (minorVersion < 0 || status < 0) return malformed("it starts with no status line");
  // The blank after the status is missing where there is no reason, as some upstreams write it.
  let at = start + STATUS_AT + 3;
  if (bytes[at] === SPACE) {
    at++;
    while (FIELD_VALUE[bytes[at]!] === 1) at++;
  }
  if (bytes[at] !== CR || bytes[at + 1] !== LF) {
    return malformed("a control character in the status line");
  }
  const fields = scanFields(bytes, start, text, at + 2, limits.headersMax);
  if (fields.fault) return { kind: "refused", fault: fields.fault };
  if (fields.isChunked && minorVersion === 0) return malformed("Transfer-Encoding in HTTP/1.0");
  if (opensTunnel(asked, { status })) return assembleTunnel(status, minorVersion, asked, fields);
  if (status === 101) return malformed("101 Switching Protocols, which nobody asked for");
  return assemble(status, minorVersion, asked.method, fields);
}

// To CONNECT, framing fields say nothing (RFC 9110 §9.3.6). In a 101 they must not be, and whoever
// sends them may switch somewhere else than behind this head.
function assembleTunnel(
  status: number,
  minorVersion: number,
  asked: Asked,
  fields: HeadFields,
): ParsedResponse | RefusedResponse {
  if (asked.upgrade !== undefined) {
    if (minorVersion === 0 || fields.upgrade !== asked.upgrade) {
      return malformed("101 Switching Protocols to another one than was asked for");
    }
    if (fields.isChunked || fields.contentLength > 0) return malformed("101 with a body");
  }
  return {
    kind: "response",
    head: { status, headers: fields.headers, contentLength: LENGTH_UNKNOWN },
    framing: "close",
    keepsAlive: false,
    opensTunnel: true,
  };
}

function assemble(
  status: number,
  minorVersion: number,
  method: string,
  fields: HeadFields,
): ParsedResponse {
  const framing = framingOf(status, method, fields);
  // A body that must not be there would be read as the next answer.
  const isHonest = !isBodyless(status) || (!fields.isChunked && fields.contentLength <= 0);
  const keepsAlive = !fields.closes && (minorVersion === 1 || fields.keepsAlive);
  return {
    kind: "response",
    head: {
      status,
      headers: fields.headers,
      contentLength: isBodyless(status) ? 0 : fields.contentLength,
    },
    framing,
    keepsAlive: keepsAlive && framing !== "close" && isHonest,
    opensTunnel: false,
  };
}

function framingOf(status: number, method: string, fields: HeadFields): BodyFraming {
  if (method === "HEAD" || status === 304 || isBodyless(status)) return "none";
  if (fields.isChunked) return "chunked";
  if (fields.contentLength < 0) return "close";
  return fields.contentLength === 0 ? "none" : "length";
}

function isBodyless(status: number): boolean {
  return status < 200 || status === 204;
}

function minorVersionOf(text: string): number {
  if (!text.startsWith("HTTP/1.")) return -1;
  const minor = text.charCodeAt(VERSION_LENGTH - 1) - DIGIT_0;
  if (text.charCodeAt(VERSION_LENGTH) !== SPACE) return -1;
  return minor === 0 || minor === 1 ? minor : -1;
}

function statusOf(text: string): number {
  const hundreds = text.charCodeAt(STATUS_AT) - DIGIT_0;
  const tens = text.charCodeAt(STATUS_AT + 1) - DIGIT_0;
  const ones = text.charCodeAt(STATUS_AT + 2) - DIGIT_0;
  const areDigits = hundreds >= 1 && hundreds <= 9 && isDigit(tens) && isDigit(ones);
  return areDigits ? hundreds * 100 + tens * 10 + ones : -1;
}

function isDigit(value: number): boolean {
  return value >= 0 && value <= 9;
}

function malformed(detail: string): RefusedResponse {
  return { kind: "refused", fault: { kind: "malformed", detail } };
}
