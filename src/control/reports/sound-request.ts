// A recorded request as it comes from a proxy, held against what one may be.

import { LIMITS } from "#base/limits.ts";
import type { RecordedRequest, RecordedTry } from "#snapshot/recorded-request.ts";

const TEXTS = ["id", "to", "method", "authority", "path", "grpcStatus", "cause"] as const;
const COUNTS = ["atMs", "durationMs", "status"] as const;
const FLAGS = ["hasWaited", "isDelayed", "isBudgetSpent"] as const;
const HEADERS_MAX = 200;
const TRIES_MAX = 200;
// Of all texts: what a proxy counts, and its keys, plan and tries besides. What is kept of a whole
// mesh is so many requests, however large a proxy makes them.
const CHARACTERS_MAX = 4 * LIMITS.requestToldBytesMax;

export function isSoundRequest(request: RecordedRequest): boolean {
  if (!isObject(request)) return false;
  if (!TEXTS.every((name) => isText(request[name])) || request.id === "") return false;
  if (!COUNTS.every((name) => isCount(request[name]))) return false;
  if (!FLAGS.every((name) => typeof request[name] === "boolean")) return false;
  if (request.scheme !== "http" && request.scheme !== "https") return false;
  const { headers, tries } = request;
  if (!Array.isArray(headers) || headers.length > HEADERS_MAX) return false;
  if (!headers.every((pair) => Array.isArray(pair) && pair.length === 2 && pair.every(isText))) {
    return false;
  }
  if (!Array.isArray(tries) || tries.length > TRIES_MAX || !tries.every(isSoundTry)) return false;
  return isSoundDecision(request.decided) && charactersOf(request) <= CHARACTERS_MAX;
}

function charactersOf({ headers, tries, decided, ...request }: RecordedRequest): number {
  const own = TEXTS.map((name) => request[name]);
  const tried = tries.flatMap(({ address, outcome }) => [address, outcome]);
  const plan = decided ? [decided.planId, decided.planHash] : [];
  return [...own, ...headers.flat(), ...tried, ...plan].reduce((sum, text) => sum + text.length, 0);
}

function isSoundDecision(decided: RecordedRequest["decided"]): boolean {
  if (decided === undefined) return true;
  if (!isObject(decided) || !isText(decided.planId) || !isText(decided.planHash)) return false;
  const { draw, index, endpoints, ejected } = decided;
  if (!isCount(draw) || draw >= 1 || !Number.isInteger(index)) return false;
  return isCount(index) && isCount(endpoints) && isCount(ejected);
}

function isSoundTry(tried: RecordedTry): boolean {
  return (
    isObject(tried) &&
    isText(tried.address) &&
    isText(tried.outcome) &&
    (tried.sentAfterMs === null || isCount(tried.sentAfterMs)) &&
    isCount(tried.endedAfterMs)
  );
}

function isObject(value: unknown): boolean {
  return typeof value === "object" && value !== null;
}

function isText(value: unknown): value is string {
  return typeof value === "string" && value.length <= LIMITS.requestToldBytesMax;
}

function isCount(value: unknown): value is number {
  return typeof value === "number" && value >= 0 && value <= Number.MAX_SAFE_INTEGER;
}
