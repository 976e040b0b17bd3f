// The bodies of a tapped exchange as they come from a proxy, held against what they may be.

import { TAPPED_WITHHELD } from "#api/tap.ts";
import { LIMITS } from "#base/limits.ts";

// What stands in place of a secret may be longer than it.
const TEXT_MAX = 8 * LIMITS.tapBodyBytesMax;
const HEADER_MAX = LIMITS.headBytesMax;

export function areSoundBodies(bodies: unknown): boolean {
  return isObject(bodies) && isSoundBody(bodies["request"]) && isSoundBody(bodies["response"]);
}

function isSoundBody(body: unknown): boolean {
  if (!isObject(body)) return false;
  const { size, type, encoding, text, base64, truncated, unfinished, withheld } = body;
  return (
    typeof size === "number" &&
    size >= 0 &&
    size <= Number.MAX_SAFE_INTEGER &&
    isText(type, HEADER_MAX) &&
    isText(encoding, HEADER_MAX) &&
    (text === undefined || isText(text, TEXT_MAX)) &&
    (base64 === undefined || isText(base64, TEXT_MAX)) &&
    typeof truncated === "boolean" &&
    (unfinished === undefined || unfinished === true) &&
    (withheld === undefined || isReason(withheld))
  );
}

function isReason(reason: unknown): boolean {
  return typeof reason === "string" && Object.hasOwn(TAPPED_WITHHELD, reason);
}

function isText(value: unknown, lengthMax: number): boolean {
  return typeof value === "string" && value.length <= lengthMax;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}
