// A tapped request as it comes from a proxy, held against what one may be.

import { LIMITS } from "#base/limits.ts";
import type { TapEvent, TapPeer } from "#snapshot/tap.ts";
import { areSoundBodies } from "./sound-tap-bodies.ts";

const REQUEST_TEXTS = ["service", "route", "method", "scheme", "authority", "path"] as const;
const TEXT_MAX = 2 * LIMITS.requestTargetBytesMax;
// Those of a request, and what the mesh writes.
const HEADERS_MAX = 2 * LIMITS.headersMax;

export function isSoundTap(event: TapEvent): boolean {
  if (!isObject(event) || !isCount(event.stream)) return false;
  const { watches } = event;
  if (!Array.isArray(watches) || watches.length > LIMITS.tapWatchesMax) return false;
  if (!watches.every(isCount)) return false;
  switch (event.phase) {
    case "request":
      return (
        isCount(event.atMs) &&
        (event.direction === "in" || event.direction === "out") &&
        isPeer(event.source) &&
        isPeer(event.destination) &&
        typeof event.isMutualTls === "boolean" &&
        REQUEST_TEXTS.every((name) => isText(event[name])) &&
        areHeaders(event.headers)
      );
    case "answer":
      return isCount(event.status) && isCount(event.latencyMs) && areHeaders(event.headers);
    case "end":
      return (
        isCount(event.durationMs) &&
        isCount(event.status) &&
        isCount(event.requestBytes) &&
        isCount(event.responseBytes) &&
        isText(event.grpcStatus) &&
        isText(event.cause) &&
        (event.bodies === undefined || areSoundBodies(event.bodies))
      );
    default:
      return false;
  }
}

function isPeer(peer: TapPeer): boolean {
  return (
    isObject(peer) &&
    isText(peer.address) &&
    isText(peer.namespace) &&
    isText(peer.workload) &&
    isText(peer.identity)
  );
}

function areHeaders(headers: unknown): boolean {
  return (
    Array.isArray(headers) &&
    headers.length <= HEADERS_MAX &&
    headers.every((pair) => Array.isArray(pair) && pair.length === 2 && pair.every(isText))
  );
}

function isObject(value: unknown): boolean {
  return typeof value === "object" && value !== null;
}

function isText(value: unknown): value is string {
  return typeof value === "string" && value.length <= TEXT_MAX;
}

function isCount(value: unknown): value is number {
  return typeof value === "number" && value >= 0 && value <= Number.MAX_SAFE_INTEGER;
}
