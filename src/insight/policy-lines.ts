// How a backend's endpoints are called, in words.

import type {
  Balancer,
  Connections,
  DestinationPolicy,
  Ejection,
  HashKey,
} from "#ir/destination-policy.ts";
import type { SessionPersistence } from "#ir/session-persistence.ts";

const SECOND_MS = 1000;

export function policyLines({ balancer, ejection, connections }: DestinationPolicy): string[] {
  const lines: string[] = [];
  if (balancer) lines.push(`picked ${balancerText(balancer)}${warmUpText(balancer)}`);
  if (ejection) lines.push(ejectionText(ejection));
  const limits = connections ? connectionTexts(connections) : [];
  if (limits.length > 0) lines.push(`at most ${limits.join(", ")}; more is refused: overflow`);
  return lines;
}

// Ends the sentence "It is forwarded to the backend, to ...".
export function pickedText(balancer: Balancer | undefined): string {
  if (!balancer || balancer.kind === "peak-ewma") return "whichever ready workload answers fastest";
  return `a ready workload, picked ${balancerText(balancer)}`;
}

export function sessionLine({ kind, name }: SessionPersistence): string {
  const sign = `the ${kind} ${name}`;
  return `A request that shows ${sign} goes to the endpoint that it names, whatever was drawn.`;
}

function balancerText(balancer: Balancer): string {
  switch (balancer.kind) {
    case "round-robin":
      return "in turn";
    case "random":
      return "at random";
    case "least-request":
      return "by requests in flight, the better of two";
    case "peak-ewma":
      return "by latency and requests in flight, the better of two";
    case "hash":
      return `by ${keyText(balancer.by)} (${balancer.table.kind}): equal ones get the same`;
  }
}

function keyText(by: HashKey): string {
  switch (by.kind) {
    case "header":
      return `the header ${by.name}`;
    case "query":
      return `the query parameter ${by.name}`;
    case "cookie":
      return `the cookie ${by.name}${by.lifeMs === undefined ? "" : ", set where it is missing"}`;
    case "source":
      return "who asks";
  }
}

function warmUpText(balancer: Balancer): string {
  if (balancer.kind === "hash" || !balancer.warmUp) return "";
  const { durationMs, percentMin } = balancer.warmUp;
  return `; new ones get ${percentMin} % of a share, and all of it after ${seconds(durationMs)}`;
}

function ejectionText(ejection: Ejection): string {
  const { failures, gatewayFailures, localFailures, isLocalApart } = ejection;
  const counted = [
    ...(failures > 0 ? [`${failures} answers of 5xx`] : []),
    ...(gatewayFailures > 0 ? [`${gatewayFailures} of 502 to 504`] : []),
    ...(isLocalApart && localFailures > 0 ? [`${localFailures} without an answer`] : []),
  ];
  if (counted.length === 0) return "none is left out for failing";
  const { baseMs, ejectedPercentMax } = ejection;
  const most = `at most ${ejectedPercentMax} % of them, but one at least`;
  return `left out for ${seconds(baseMs)} after ${counted.join(" or ")} in a row (${most})`;
}

function connectionTexts({ connectionsMax, pendingMax, requestsMax }: Connections): string[] {
  return [
    ...(connectionsMax === undefined ? [] : [`${connectionsMax} connections`]),
    ...(pendingMax === undefined ? [] : [`${pendingMax} requests that wait`]),
    ...(requestsMax === undefined ? [] : [`${requestsMax} requests at once`]),
  ];
}

function seconds(ms: number): string {
  return `${ms / SECOND_MS} s`;
}
