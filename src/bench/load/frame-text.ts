// Hot path.
//
// Frames of HTTP/2 as characters that are bytes: a load writes heads, which are texts anyway.

import { FRAME } from "#proxy/http2/frame-types.ts";

export function frameHead(length: number, type: number, flags: number, id: number): string {
  return String.fromCharCode(
    (length >>> 16) & 0xff,
    (length >>> 8) & 0xff,
    length & 0xff,
    type,
    flags,
    (id >>> 24) & 0xff,
    (id >>> 16) & 0xff,
    (id >>> 8) & 0xff,
    id & 0xff,
  );
}

export function uint32(value: number): string {
  return String.fromCharCode(
    (value >>> 24) & 0xff,
    (value >>> 16) & 0xff,
    (value >>> 8) & 0xff,
    value & 0xff,
  );
}

// A frame whose payload is one number.
export function bareFrame(type: number, id: number, value: number): string {
  return frameHead(4, type, 0, id) + uint32(value);
}

export function windowUpdate(id: number, bytes: number): string {
  return bareFrame(FRAME.windowUpdate, id, bytes);
}
