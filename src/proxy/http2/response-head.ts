// Hot path.
//
// As request-head.ts, for the answers of an upstream.

import { LENGTH_UNKNOWN, type ResponseHead } from "#proxy/exchange/heads.ts";
import { parseContentLength } from "./content-length.ts";
import type { HeaderField } from "./header-field.ts";

// `isHead`: the answer to a HEAD request, which never has a body.
export function responseHeadOf(
  fields: readonly HeaderField[],
  endsStream: boolean,
  isHead: boolean,
): ResponseHead | string {
  const headers: string[] = [];
  let status = 0;
  let contentLength = LENGTH_UNKNOWN;
  let isPastPseudo = false;
  for (let i = 0; i < fields.length; i++) {
    const { kind, name, value, isValid } = fields[i]!;
    if (!isValid) return "a header name or value has a forbidden character";
    if (kind !== "status") isPastPseudo = true;
    switch (kind) {
      case "status":
        if (status !== 0) return "there is a second :status";
        if (isPastPseudo) return ":status stands after a header";
        status = parseStatus(value);
        if (status < 0) return ":status is no status";
        break;
      case "method":
      case "scheme":
      case "authority":
      case "path":
      case "protocol":
      case "pseudo-unknown":
        return `${name} doesn't belong into a response`;
      case "connection":
        return `${name} doesn't belong into HTTP/2`;
      case "content-length":
        if (contentLength >= 0) return "there is a second content-length";
        contentLength = parseContentLength(value);
        if (contentLength < 0) return "content-length is no number";
        break;
      // These two mean nothing here, and a later hop could misread them.
      case "host":
      case "te":
        break;
      default:
        headers.push(name, value);
    }
  }
  if (status === 0) return ":status is missing";
  if (status < 200 && endsStream) return "an interim response ends the stream";
  if (isHead || status === 304) return { status, headers, contentLength };
  if (status < 200 || status === 204) return { status, headers, contentLength: 0 };
  if (endsStream && contentLength > 0) return "there is no body of that content-length";
  return { status, headers, contentLength: endsStream ? 0 : contentLength };
}

// 101 has no place in HTTP/2: RFC 9113 §8.6.
function parseStatus(text: string): number {
  const status = text.length === 3 ? parseContentLength(text) : -1;
  return status < 100 || status > 999 || status === 101 ? -1 : status;
}
