// http[].retries of a VirtualService.
//
// Connections that fail and streams that are refused are always tried elsewhere: no endpoint has
// seen such a request. The other conditions are for requests that one may have seen.
//
// Where `retryOn` is absent, Istio has connect-failure, refused-stream, unavailable and cancelled.
// Until 1.24 it had 503 too, and dropped it since that repeated POSTs. Here only idempotent
// requests are repeated, so 503 stays, and with it tries that had their perTryTimeout: what else
// would `attempts` beside it be for.

import type { Labels } from "#ir/document.ts";
import type { FieldReader } from "#ir/field-reader.ts";
import { readDurationMs } from "#ir/read-duration.ts";
import { allowsUnsafeRetries, reportUnseenOnly } from "#ir/report-unseen-only.ts";
import type { RouteMatch } from "#ir/route.ts";
import type { RetryConditions, RouteRetry } from "#ir/route-traffic.ts";

const ATTEMPTS_MAX = 1_000_000;
const BACKOFF_MS = 25;
const UNAVAILABLE = 14;
const CANCELLED = 1;

const NONE: RetryConditions = { statuses: [], grpcStatuses: [], reset: false, timeout: false };
const DEFAULT: RetryConditions = {
  ...{ statuses: [[503, 503]], grpcStatuses: [CANCELLED, UNAVAILABLE] },
  ...{ reset: false, timeout: true },
};
const NO_ANSWER = { reset: true, timeout: true };

const CONDITIONS: ReadonlyMap<string, Partial<RetryConditions>> = new Map<
  string,
  Partial<RetryConditions>
>([
  // These are tried elsewhere anyhow.
  ["connect-failure", {}],
  ["refused-stream", {}],
  ["reset-before-request", {}],
  ["http3-post-connect-failure", {}],
  // The numbers beside it say which.
  ["retriable-status-codes", {}],
  ["5xx", { statuses: [[500, 599]], ...NO_ANSWER }],
  ["gateway-error", { statuses: [[502, 504]], ...NO_ANSWER }],
  ["reset", NO_ANSWER],
  ["retriable-4xx", { statuses: [[409, 409]] }],
  ["cancelled", { grpcStatuses: [CANCELLED] }],
  ["deadline-exceeded", { grpcStatuses: [4] }],
  ["resource-exhausted", { grpcStatuses: [8] }],
  ["internal", { grpcStatuses: [13] }],
  ["unavailable", { grpcStatuses: [UNAVAILABLE] }],
]);
const UNSUPPORTED = ["retriable-headers", "envoy-ratelimited"];

export type Retries = { readonly retry?: RouteRetry; readonly tryMs: number };

export function readRetries(
  rule: FieldReader,
  matches: readonly RouteMatch[],
  annotations: Labels,
): Retries {
  const reader = rule.object("retries");
  if (!reader) return { tryMs: 0 };
  // Localities aren't told apart, so every endpoint may take a retry.
  reader.accept("retryRemoteLocalities");
  const tryMs = readDurationMs(reader, "perTryTimeout", 1) ?? 0;
  const retry: RouteRetry = {
    attempts: reader.integer("attempts", 0, ATTEMPTS_MAX) ?? 0,
    backoffMs: readDurationMs(reader, "backoff", 1) ?? BACKOFF_MS,
    on: readConditions(reader),
    allowsUnsafe: allowsUnsafeRetries(annotations),
    avoidsTried: reader.flag("retryIgnorePreviousHosts") ?? true,
  };
  reportUnseenOnly(reader, "retryOn", retry, matches);
  return { retry, tryMs };
}

function readConditions(reader: FieldReader): RetryConditions {
  const text = reader.text("retryOn") ?? "";
  if (text === "") return DEFAULT;
  return text.split(",").reduce((all, item) => both(all, readCondition(reader, item.trim())), NONE);
}

function readCondition(reader: FieldReader, name: string): Partial<RetryConditions> {
  const known = CONDITIONS.get(name);
  if (known) return known;
  const status = /^[1-5]\d\d$/.test(name) ? Number(name) : 0;
  if (status > 0) return { statuses: [[status, status]] };
  if (UNSUPPORTED.includes(name)) {
    const message = `Not supported: ${name}, no answer is tried again for it`;
    reader.report(["retryOn"], { severity: "warning", code: "WEFT104", message });
  } else {
    const names = [...CONDITIONS.keys()].join(", ");
    reader.invalidAt(["retryOn"], name, `one of ${names}, or a status such as 503`);
  }
  return {};
}

function both(a: RetryConditions, b: Partial<RetryConditions>): RetryConditions {
  return {
    statuses: [...a.statuses, ...(b.statuses ?? [])],
    grpcStatuses: [...a.grpcStatuses, ...(b.grpcStatuses ?? [])],
    reset: a.reset || b.reset === true,
    timeout: a.timeout || b.timeout === true,
  };
}
