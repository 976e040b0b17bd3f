// Hot path.
//
// Heads as one string each. Names and values are taken as they are: whoever made them, a codec or
// the compiler of plans, has seen to it that they contain no CR, LF or NUL.

import type { Headers, RequestHead, ResponseHead } from "#proxy/exchange/heads.ts";
import type { BodyFraming } from "./body-decoder.ts";
import type { DateLine } from "./date-line.ts";
import { LINE_STARTS } from "./line-starts.ts";
import { STATUS_LINES } from "./reason-phrases.ts";

export type ResponseStyle = {
  readonly framing: BodyFraming;
  // "close", "keep-alive", or "" where the version says enough.
  readonly connection: "" | "close" | "keep-alive" | "upgrade";
  // To what we switch, with connection: upgrade.
  readonly upgrade?: string | undefined;
  // Is Content-Length stated? Also where no body follows: HEAD and 304.
  readonly statesLength: boolean;
  // Asked only where the answer brings no Date.
  readonly date: Pick<DateLine, "text">;
};

export function encodeRequestHead(head: RequestHead, framing: BodyFraming): string {
  const { method, upgrade, authority, headers } = head;
  const target = method === "CONNECT" ? authority : head.path;
  let text = `${method} ${target} HTTP/1.1\r\nhost: ${authority}`;
  let hasTe = false;
  for (let i = 0; i < headers.length; i += 2) {
    const name = headers[i]!;
    if (name === "te") hasTe = true;
    text += lineStart(name);
    text += headers[i + 1]!;
  }
  // RFC 9110 §7.8, §10.1.4: Upgrade and TE are for this hop, and Connection has to say so.
  if (upgrade !== undefined) {
    const connection = hasTe ? "te, upgrade" : "upgrade";
    return text + `\r\nconnection: ${connection}\r\nupgrade: ${upgrade}\r\n\r\n`;
  }
  if (hasTe) text += "\r\nconnection: te";
  if (framing === "chunked") text += "\r\ntransfer-encoding: chunked";
  else if (framing === "length" || statesEmptiness(method)) {
    text += "\r\ncontent-length: " + head.contentLength;
  }
  return text + "\r\n\r\n";
}

export function encodeResponseHead(head: ResponseHead, style: ResponseStyle): string {
  let text = STATUS_LINES[head.status]!;
  const headers = head.headers;
  let hasDate = false;
  for (let i = 0; i < headers.length; i += 2) {
    const name = headers[i]!;
    if (name === "date") hasDate = true;
    text += lineStart(name);
    text += headers[i + 1]!;
  }
  if (!hasDate) text += style.date.text;
  if (style.framing === "chunked") text += "\r\ntransfer-encoding: chunked";
  else if (style.statesLength) text += "\r\ncontent-length: " + head.contentLength;
  if (style.connection !== "") text += "\r\nconnection: " + style.connection;
  if (style.connection === "upgrade") text += "\r\nupgrade: " + style.upgrade;
  return text + "\r\n\r\n";
}

// 1xx (RFC 9110 §15.2): neither framing nor Date.
export function encodeInform({ status, headers }: ResponseHead): string {
  return STATUS_LINES[status]! + encodeFields(headers) + "\r\n\r\n";
}

// Each with the end of the line before it.
export function encodeFields(fields: Headers): string {
  let text = "";
  for (let i = 0; i < fields.length; i += 2) text += lineStart(fields[i]!) + fields[i + 1]!;
  return text;
}

// Two pieces for each line where four were: two thirds of the time, half of the garbage.
function lineStart(name: string): string {
  return LINE_STARTS.get(name) ?? "\r\n" + name + ": ";
}

// RFC 9110 §8.6: methods that are expected to have a body say so if they have none.
function statesEmptiness(method: string): boolean {
  return method === "POST" || method === "PUT" || method === "PATCH";
}
