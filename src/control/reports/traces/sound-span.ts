// A span as it comes from a proxy, held against what one may be.

import { LIMITS } from "#base/limits.ts";
import type { ReportedSpan } from "#snapshot/reported-span.ts";

const TEXTS = [
  "method",
  "path",
  "authority",
  "grpcStatus",
  "cause",
  "requestId",
  "service",
  "peer",
  "route",
  "backend",
  "endpoint",
] as const satisfies readonly (keyof ReportedSpan)[];

const COUNTS = [
  "startMs",
  "durationMs",
  "status",
  "attempts",
] as const satisfies readonly (keyof ReportedSpan)[];

const CONTEXTS: readonly unknown[] = ["forwarded", "dropped", "own"];
const TAGS_MAX = 32;
const TRACE = /^[0-9a-f]{32}$/;
const SPAN = /^[0-9a-f]{16}$/;

export function isSoundSpan(span: ReportedSpan): boolean {
  if (typeof span !== "object" || span === null) return false;
  const { traceId, spanId, parentId, kind, context, tags } = span;
  if (!isId(traceId, TRACE) || !isId(spanId, SPAN)) return false;
  if (parentId !== "" && !isId(parentId, SPAN)) return false;
  if (kind !== "client" && kind !== "server") return false;
  if (context !== undefined && !CONTEXTS.includes(context)) return false;
  if (tags !== undefined && !areTags(tags)) return false;
  return TEXTS.every((name) => isText(span[name])) && COUNTS.every((name) => isCount(span[name]));
}

function areTags(tags: unknown): boolean {
  if (!Array.isArray(tags) || tags.length > TAGS_MAX) return false;
  return tags.every((pair) => Array.isArray(pair) && pair.length === 2 && pair.every(isText));
}

function isId(value: unknown, form: RegExp): boolean {
  return typeof value === "string" && form.test(value);
}

function isText(value: unknown): boolean {
  return typeof value === "string" && value.length <= LIMITS.reportTextMax;
}

function isCount(value: unknown): boolean {
  return typeof value === "number" && value >= 0 && value <= Number.MAX_SAFE_INTEGER;
}
