// trafficPolicy.outlierDetection of a DestinationRule: when an endpoint is left out for a while.

import type { Ejection } from "#ir/destination-policy.ts";
import type { FieldReader } from "#ir/field-reader.ts";
import { readDurationMs } from "#ir/read-duration.ts";
import { reportDeprecated } from "#ir/report-deprecated.ts";

const COUNT_MOST = 4_294_967_295;
// Istio's own defaults.
const FAILURES = 5;
const INTERVAL_MS = 10_000;
const BASE_MS = 30_000;
const EJECTED_PERCENT_MAX = 10;

export function readOutlierDetection(policy: FieldReader): Ejection | undefined {
  const reader = policy.object("outlierDetection");
  if (!reader) return undefined;
  const consequence = "failures in a row eject, whatever else is written";
  reader.unsupported("warning", consequence, "failurePercentageThreshold");
  const statuses = "failures are statuses of 500 and above, or 502 to 504";
  reader.unsupported("warning", statuses, "outlierDetectionHttpErrorCodes");
  const count = (name: string) => reader.integer(name, 0, COUNT_MOST);
  const legacy = count("consecutiveErrors");
  if (legacy !== undefined) {
    reportDeprecated(reader, "consecutiveErrors", "it is read as consecutive5xxErrors");
  }
  return {
    failures: count("consecutive5xxErrors") ?? legacy ?? FAILURES,
    gatewayFailures: count("consecutiveGatewayErrors") ?? 0,
    localFailures: count("consecutiveLocalOriginFailures") ?? FAILURES,
    isLocalApart: reader.flag("splitExternalLocalOriginErrors") ?? false,
    intervalMs: readDurationMs(reader, "interval", 1) ?? INTERVAL_MS,
    baseMs: readDurationMs(reader, "baseEjectionTime", 1) ?? BASE_MS,
    ejectedPercentMax: reader.integer("maxEjectionPercent", 0, 100) ?? EJECTED_PERCENT_MAX,
    healthyPercentMin: reader.integer("minHealthPercent", 0, 100) ?? 0,
  };
}
