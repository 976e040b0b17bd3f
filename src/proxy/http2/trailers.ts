// The fields behind a body: RFC 9113 §8.1. A string says what is wrong.

import type { Headers } from "#proxy/exchange/heads.ts";
import { isOnlyForHeads } from "#proxy/exchange/only-for-heads.ts";
import type { HeaderField } from "./header-field.ts";

export function trailersOf(fields: readonly HeaderField[]): Headers | string {
  const trailers: string[] = [];
  for (const { kind, name, value, isValid } of fields) {
    if (!isValid) return "a trailer name or value has a forbidden character";
    // Also no framing and no routing: too late for either, RFC 9110 §6.5.1.
    if (kind !== "ordinary" || isOnlyForHeads(name)) return `${name} doesn't belong into trailers`;
    trailers.push(name, value);
  }
  return trailers;
}
