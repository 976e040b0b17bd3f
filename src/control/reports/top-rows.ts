// Calls that come again and again, of the requests that proxies have recorded.

import type { TopQuery, TopRow } from "#api/top-row.ts";
import { LIMITS } from "#base/limits.ts";
import { withoutQuery } from "#base/path-query.ts";
import type { KeptRequest } from "./recorded-requests.ts";
import { groupKey } from "./traffic.ts";

type Call = { -readonly [Name in keyof TopRow]: TopRow[Name] } & { successes: number };

// The most frequent first.
export function topRows(query: TopQuery, requests: Iterable<KeptRequest>): TopRow[] {
  const calls = new Map<string, Call>();
  for (const kept of requests) {
    if (!isWanted(kept, query)) continue;
    const { proxy, request } = kept;
    const path = withoutQuery(request.path);
    const key = groupKey(proxy.namespace, proxy.workload, request.to, request.method, path);
    const call = calls.get(key) ?? newCall(kept, path);
    calls.set(key, call);
    note(call, kept);
  }
  return [...calls.values()]
    .sort((a, b) => b.count - a.count || (a.path < b.path ? -1 : 1))
    .slice(0, LIMITS.topRowsMax)
    .map(({ successes, ...call }) => ({ ...call, successRate: successes / call.count }));
}

// Of a workload, as who calls, or of a service that is called.
function isWanted({ proxy, request }: KeptRequest, { namespace, name }: TopQuery): boolean {
  const [service = "", itsNamespace = ""] = request.to.split(":", 1)[0]!.split(".");
  const isSource =
    (namespace === undefined || proxy.namespace === namespace) &&
    (name === undefined || proxy.workload === name);
  const isDestination =
    (namespace === undefined || itsNamespace === namespace) &&
    (name === undefined || service === name);
  return isSource || isDestination;
}

function newCall({ proxy, request }: KeptRequest, path: string): Call {
  return {
    source: { namespace: proxy.namespace, workload: proxy.workload },
    destination: request.to,
    method: request.method,
    path,
    count: 0,
    bestMs: Number.POSITIVE_INFINITY,
    worstMs: 0,
    lastMs: 0,
    lastAtMs: 0,
    successRate: 0,
    successes: 0,
  };
}

function note(call: Call, { request }: KeptRequest): void {
  const { durationMs, atMs, status, grpcStatus } = request;
  call.count++;
  const isSuccess = status > 0 && status < 500 && (grpcStatus === "" || grpcStatus === "0");
  if (isSuccess) call.successes++;
  call.bestMs = Math.min(call.bestMs, durationMs);
  call.worstMs = Math.max(call.worstMs, durationMs);
  if (atMs < call.lastAtMs) return;
  call.lastMs = durationMs;
  call.lastAtMs = atMs;
}
