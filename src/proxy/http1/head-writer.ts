// Hot path.
//
// Heads as one string each. Names and values are taken as they are: whoever made them, a codec or
// the compiler of plans, has seen to it that they contain no CR, LF or NUL.

import type { Headers, RequestHead, ResponseHead } from "#proxy/exchange/heads.ts";
import type { BodyFraming } from "./body-decoder.ts";
import { STATUS_LINES } from "./reason-phrases.ts";

export type ResponseStyle = {
  readonly framing: BodyFraming;
  // "close", "keep-alive", or "" where the version says enough.
  readonly connection: "" | "close" | "keep-alive" | "upgrade";
  // To what we switch, with connection: upgrade.
  readonly upgrade?: string | undefined;
  // Is Content-Length stated? Also where no body follows: HEAD and 304.
  readonly statesLength: boolean;
  readonly dateLine: string;
};

export function encodeRequestHead(head: RequestHead, framing: BodyFraming): string {
  const { method, upgrade, authority } = head;
  const target = method === "CONNECT" ? authority : head.path;
  let text = `${method} ${target} HTTP/1.1\r\nhost: ${authority}\r\n`;
  const headers = head.headers;
  let hasTe = false;
  for (let i = 0; i < headers.length; i += 2) {
    const name = headers[i]!;
    if (name === "te") hasTe = true;
    text += name + ": " + headers[i + 1]! + "\r\n";
  }
  // RFC 9110 §7.8, §10.1.4: Upgrade and TE are for this hop, and Connection has to say so.
  if (upgrade !== undefined) {
    const connection = hasTe ? "te, upgrade" : "upgrade";
    return text + `connection: ${connection}\r\nupgrade: ${upgrade}\r\n\r\n`;
  }
  if (hasTe) text += "connection: te\r\n";
  if (framing === "chunked") text += "transfer-encoding: chunked\r\n";
  else if (framing === "length" || statesEmptiness(method)) {
    text += "content-length: " + head.contentLength + "\r\n";
  }
  return text + "\r\n";
}

export function encodeResponseHead(head: ResponseHead, style: ResponseStyle): string {
  let text = STATUS_LINES[head.status]!;
  const headers = head.headers;
  let hasDate = false;
  for (let i = 0; i < headers.length; i += 2) {
    const name = headers[i]!;
    if (name === "date") hasDate = true;
    text += name + ": " + headers[i + 1]! + "\r\n";
  }
  if (!hasDate) text += style.dateLine;
  if (style.framing === "chunked") text += "transfer-encoding: chunked\r\n";
  else if (style.statesLength) text += "content-length: " + head.contentLength + "\r\n";
  if (style.connection !== "") text += "connection: " + style.connection + "\r\n";
  if (style.connection === "upgrade") text += "upgrade: " + style.upgrade + "\r\n";
  return text + "\r\n";
}

// 1xx (RFC 9110 §15.2): neither framing nor Date.
export function encodeInform(head: ResponseHead): string {
  return STATUS_LINES[head.status]! + encodeFields(head.headers) + "\r\n";
}

export function encodeFields(fields: Headers): string {
  let text = "";
  for (let i = 0; i < fields.length; i += 2) text += fields[i]! + ": " + fields[i + 1]! + "\r\n";
  return text;
}

// RFC 9110 §8.6: methods that are expected to have a body say so if they have none.
function statesEmptiness(method: string): boolean {
  return method === "POST" || method === "PUT" || method === "PATCH";
}
