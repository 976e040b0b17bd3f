// About how many characters an event has in a message.

import type { TapBody, TapEvent } from "#snapshot/tap.ts";

const NAMES = 512;

export function tapEventSize(event: TapEvent): number {
  switch (event.phase) {
    case "end":
      if (!event.bodies) return NAMES;
      return 2 * NAMES + bodySize(event.bodies.request) + bodySize(event.bodies.response);
    case "request":
      return 2 * NAMES + event.path.length + event.authority.length + headersSize(event.headers);
    default:
      return NAMES + headersSize(event.headers);
  }
}

function bodySize({ text, base64 }: TapBody): number {
  return (text ?? base64 ?? "").length;
}

function headersSize(headers: readonly (readonly [name: string, value: string])[]): number {
  return headers.reduce((sum, [name, value]) => sum + name.length + value.length, 0);
}
