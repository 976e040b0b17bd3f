// Hot path.
//
// Ids for requests and traces where the application brought none. They need to be unique, not
// secret.

import type { Random } from "#base/random.ts";

const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));

function hex32(random: Random): string {
  const bits = Math.floor(random() * 4_294_967_296);
  return (
    HEX[bits >>> 24]! + HEX[(bits >>> 16) & 255]! + HEX[(bits >>> 8) & 255]! + HEX[bits & 255]!
  );
}

// In the form of a version 4 UUID, which is what applications expect.
export function requestId(random: Random): string {
  const a = hex32(random);
  const b = hex32(random);
  const c = hex32(random);
  return `${a}-${b.slice(0, 4)}-4${b.slice(5)}-a${c.slice(1, 4)}-${c.slice(4)}${hex32(random)}`;
}

// https://www.w3.org/TR/trace-context/#traceparent-header; not sampled.
export function traceparent(random: Random): string {
  const trace = hex32(random) + hex32(random) + hex32(random) + hex32(random);
  return `00-${trace}-${hex32(random)}${hex32(random)}-00`;
}
