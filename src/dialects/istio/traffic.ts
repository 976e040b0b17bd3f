// What a rule of a VirtualService wants of its requests besides where they go.

import type { Labels } from "#ir/document.ts";
import type { FieldReader } from "#ir/field-reader.ts";
import { readDurationMs } from "#ir/read-duration.ts";
import type { RouteMatch } from "#ir/route.ts";
import type { RouteTraffic } from "#ir/route-traffic.ts";
import { readFault } from "./fault.ts";
import { readMirrors } from "./mirrors.ts";
import { readRetries } from "./retries.ts";

export type RuleContext = { readonly namespace: string; readonly annotations: Labels };

// For spreading into the rule; empty where it wants nothing.
export function readTraffic(
  rule: FieldReader,
  { namespace, annotations }: RuleContext,
  matches: readonly RouteMatch[],
): { readonly traffic?: RouteTraffic } {
  const requestMs = readDurationMs(rule, "timeout") ?? 0;
  const { retry, tryMs } = readRetries(rule, matches, annotations);
  const fault = readFault(rule);
  const mirrors = readMirrors(rule, namespace);
  const traffic: RouteTraffic = {
    ...(requestMs > 0 || tryMs > 0 ? { timeouts: { requestMs, tryMs, span: "waiting" } } : {}),
    ...(retry ? { retry } : {}),
    ...(fault ? { fault } : {}),
    ...(mirrors.length > 0 ? { mirrors } : {}),
  };
  return Object.keys(traffic).length > 0 ? { traffic } : {};
}
