// rules[].timeouts and rules[].retry: how long requests may take, and what is tried again.
//
// https://gateway-api.sigs.k8s.io/geps/gep-1742/ and gep-1731. Errors of connections are always
// tried again where a rule has `retry`, as the latter recommends; also tries that had their
// backendRequest. Durations have no fractions (gep-2257).

import type { Labels } from "#ir/document.ts";
import type { FieldReader } from "#ir/field-reader.ts";
import { readDurationMs } from "#ir/read-duration.ts";
import { allowsUnsafeRetries, reportUnseenOnly } from "#ir/report-unseen-only.ts";
import type { RouteMatch } from "#ir/route.ts";
import type { RouteMirror, RouteRetry, RouteTimeouts, RouteTraffic } from "#ir/route-traffic.ts";

const ATTEMPTS_MAX = 1_000_000;
// The specification leaves both to whoever implements it; these are what Istio does.
const ATTEMPTS = 2;
const BACKOFF_MS = 25;
const DURATION = /^(\d{1,5}(h|m|s|ms)){1,4}$/;

export type TrafficContext = {
  readonly annotations: Labels;
  readonly matches: readonly RouteMatch[];
  readonly mirrors: readonly RouteMirror[];
};

// For spreading into the rule; empty where it wants nothing.
export function readTraffic(
  rule: FieldReader,
  { annotations, matches, mirrors }: TrafficContext,
): { readonly traffic?: RouteTraffic } {
  const timeouts = readTimeouts(rule);
  const retry = readRetry(rule, annotations);
  if (retry) reportUnseenOnly(rule, "retry", retry, matches);
  const traffic: RouteTraffic = {
    ...(timeouts ? { timeouts } : {}),
    ...(retry ? { retry } : {}),
    ...(mirrors.length > 0 ? { mirrors } : {}),
  };
  return Object.keys(traffic).length > 0 ? { traffic } : {};
}

function readTimeouts(rule: FieldReader): RouteTimeouts | undefined {
  const reader = rule.object("timeouts");
  if (!reader) return undefined;
  const requestMs = readMs(reader, "request") ?? 0;
  const tryMs = readMs(reader, "backendRequest") ?? 0;
  if (requestMs > 0 && tryMs > requestMs) {
    reader.invalid("backendRequest", "a duration no longer than request");
  }
  return requestMs > 0 || tryMs > 0 ? { requestMs, tryMs, span: "whole" } : undefined;
}

function readRetry(rule: FieldReader, annotations: Labels): RouteRetry | undefined {
  const reader = rule.object("retry");
  if (!reader) return undefined;
  const statuses = reader
    .integers("codes", 400, 599)
    .map((status): readonly [number, number] => [status, status]);
  return {
    attempts: reader.integer("attempts", 0, ATTEMPTS_MAX) ?? ATTEMPTS,
    backoffMs: readMs(reader, "backoff") ?? BACKOFF_MS,
    on: { statuses, grpcStatuses: [], reset: true, timeout: true },
    allowsUnsafe: allowsUnsafeRetries(annotations),
    avoidsTried: true,
  };
}

function readMs(reader: FieldReader, name: string): number | undefined {
  const text = reader.text(name, 'a duration such as "1m30s"');
  if (text === undefined) return undefined;
  if (DURATION.test(text)) return readDurationMs(reader, name);
  reader.invalid(name, 'a duration such as "1m30s"', "Write whole hours, minutes, s and ms.");
  return undefined;
}
