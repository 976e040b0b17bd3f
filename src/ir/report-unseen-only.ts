// Retries of what an endpoint may have seen are for idempotent requests only, whatever the dialect
// itself would do: a payment must not be made twice. Whoever wrote such conditions is told so.

import type { Labels } from "./document.ts";
import type { FieldReader } from "./field-reader.ts";
import type { RouteMatch } from "./route.ts";
import type { RouteRetry } from "./route-traffic.ts";

const ANNOTATION = "weft.dev/retry-unsafe";
const IDEMPOTENT = ["GET", "HEAD", "OPTIONS", "PUT", "DELETE", "TRACE"];

export function allowsUnsafeRetries(annotations: Labels): boolean {
  return annotations.get(ANNOTATION) === "true";
}

// `field` is where the conditions stand.
export function reportUnseenOnly(
  reader: FieldReader,
  field: string,
  { attempts, on, allowsUnsafe }: RouteRetry,
  matches: readonly RouteMatch[],
): void {
  const { statuses, grpcStatuses, reset, timeout } = on;
  const isAboutSeen = statuses.length > 0 || grpcStatuses.length > 0 || reset || timeout;
  const takesUnsafe =
    matches.length === 0 ||
    matches.some(({ method }) => method === undefined || !IDEMPOTENT.includes(method));
  if (allowsUnsafe || attempts === 0 || !isAboutSeen || !takesUnsafe || !reader.has(field)) return;
  reader.report([field], {
    severity: "info",
    code: "WEFT210",
    message:
      "POST, PATCH and other requests that are not idempotent are tried again only where no " +
      "endpoint has seen them, unless they bear an Idempotency-Key",
    remedy: `If doing them twice does no harm, annotate the object with ${ANNOTATION}: "true".`,
  });
}
