// What the rule wants of a request's way, in words.

import type {
  ExplainedFault,
  ExplainedMirror,
  ExplainedRetries,
  ExplainedTraffic,
} from "#api/explained-traffic.ts";

// With an empty line before them, if there are any.
export function trafficLines(traffic: ExplainedTraffic): string[] {
  const { requestTimeoutMs, tryTimeoutMs, retries, faults, mirrors } = traffic;
  const lines = [
    ...faults.map((fault) => `  ${faultText(fault)}`),
    ...mirrors.map((mirror) => `  ${mirrorText(mirror)}`),
    ...(requestTimeoutMs === null ? [] : [`  it may take ${timeText(requestTimeoutMs)} in all`]),
    ...(tryTimeoutMs === null ? [] : [`  each try may take ${timeText(tryTimeoutMs)}`]),
    ...(retries ? [`  ${retriesText(retries)}`] : []),
  ];
  return lines.length === 0 ? [] : ["", "On its way:", ...lines];
}

function faultText({
  kind,
  by,
  percent,
  isHit,
  delayMs,
  status,
  grpcStatus,
}: ExplainedFault): string {
  const what =
    kind === "delay"
      ? `delayed by ${timeText(delayMs ?? 0)}`
      : `answered ${status} (gRPC ${grpcStatus}) with cause fault-injected`;
  const whose = by === undefined ? "" : ` (${by})`;
  return `${shareText("it is", percent, isHit)} ${what}, on purpose${whose}`;
}

function mirrorText({ backend, percent, isHit }: ExplainedMirror): string {
  return `${shareText("a copy is", percent, isHit)} sent to ${backend}`;
}

function shareText(subject: string, percent: number, isHit: boolean | null): string {
  if (percent === 100) return subject;
  const share = `${subject} in ${percent} % of all cases`;
  if (isHit === null) return share;
  return `${share}, ${isHit ? "and" : "but not"} here,`;
}

function retriesText({ attempts, backoffMs, conditions, isAllowed }: ExplainedRetries): string {
  const seen = "once an endpoint may have seen it";
  if (attempts === 0) return `it is not tried again ${seen}`;
  if (!isAllowed) return `it is not tried again ${seen}: it is not idempotent`;
  const times = attempts === 1 ? "once" : `up to ${attempts} times`;
  const what = conditions.length > 0 ? ` after ${conditions.join(", ")}` : "";
  return `it is tried again ${times}${what}, after ${timeText(backoffMs)} and then longer`;
}

export function timeText(ms: number): string {
  return ms >= 1000 && ms % 100 === 0 ? `${ms / 1000} s` : `${ms} ms`;
}
