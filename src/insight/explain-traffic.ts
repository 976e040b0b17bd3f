// What the rule that takes a request wants of its way. Percentages are decided as the proxy decides
// them, by the request's draw.

import type { ExplainedFault, ExplainedRetries, ExplainedTraffic } from "#api/explained-traffic.ts";
import { ABORT, DELAY, isHit, MIRROR } from "#decision/is-hit.ts";
import type { BackendPlan, OutboundPlan, RoutePlan } from "#snapshot/plan.ts";
import type { FaultPlan, RetryPlan } from "#snapshot/route-traffic-plan.ts";

const IDEMPOTENT = ["GET", "HEAD", "OPTIONS", "PUT", "DELETE", "TRACE"];

type Asked = {
  readonly method: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly draw: number | null;
};

// Undefined where the rule wants nothing.
export function explainTraffic(
  plan: OutboundPlan,
  { traffic }: Pick<RoutePlan, "traffic">,
  asked: Asked,
): ExplainedTraffic | undefined {
  if (!traffic) return undefined;
  const { timeouts, retry, fault, mirrors = [] } = traffic;
  return {
    requestTimeoutMs: timeouts?.requestMs || null,
    tryTimeoutMs: timeouts?.tryMs || null,
    retries: retry ? explainRetries(retry, asked) : null,
    faults: fault ? explainFaults(fault, asked.draw) : [],
    mirrors: mirrors.map(({ backend, share }, i) => ({
      backend: backendName(plan.backends[backend]),
      percent: percentOf(share),
      isHit: hitOf(share, asked.draw, MIRROR + i),
    })),
  };
}

function explainRetries(retry: RetryPlan, { method, headers }: Asked): ExplainedRetries {
  const { attempts, backoffMs, on, allowsUnsafe } = retry;
  const hasKey = headers.some(([name]) => name === "idempotency-key");
  return {
    attempts,
    backoffMs,
    conditions: [
      ...on.statuses.map(([from, to]) => (from === to ? `${from}` : `${from} to ${to}`)),
      ...on.grpcStatuses.map((status) => `gRPC ${status}`),
      ...(on.reset ? ["a broken connection"] : []),
      ...(on.timeout ? ["a try that took too long"] : []),
    ],
    isAllowed: allowsUnsafe || IDEMPOTENT.includes(method) || hasKey,
  };
}

function explainFaults({ delay, abort, by }: FaultPlan, draw: number | null): ExplainedFault[] {
  const faults: ExplainedFault[] = [];
  const said = by === undefined ? {} : { by };
  if (delay) {
    const { share, ms } = delay;
    const nothing = { status: null, grpcStatus: null };
    const hit = { percent: percentOf(share), isHit: hitOf(share, draw, DELAY) };
    faults.push({ kind: "delay", ...said, ...hit, delayMs: ms, ...nothing });
  }
  if (abort) {
    const { share, status, grpc } = abort;
    const hit = { percent: percentOf(share), isHit: hitOf(share, draw, ABORT) };
    faults.push({ kind: "abort", ...said, ...hit, delayMs: null, status, grpcStatus: grpc });
  }
  return faults;
}

function hitOf(share: number, draw: number | null, purpose: number): boolean | null {
  if (share === 0 || share === 1) return share === 1;
  return draw === null ? null : isHit(share, draw, purpose);
}

function percentOf(share: number): number {
  return Math.round(share * 1e6) / 1e4;
}

function backendName(backend: BackendPlan | undefined): string {
  if (backend?.kind !== "endpoints") return "a backend that cannot be used";
  const { namespace, service, subset } = backend;
  return `${namespace}/${service}${subset === "" ? "" : `/${subset}`}`;
}
