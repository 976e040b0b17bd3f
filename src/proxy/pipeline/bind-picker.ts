// What decides which endpoint a request gets, where a document says anything of that.

import type { Balancer } from "#proxy/balancing/balancer.ts";
import { PeakEwma } from "#proxy/balancing/peak-ewma.ts";
import type { DestinationPolicyPlan } from "#snapshot/destination-policy-plan.ts";
import type { BackendPlan, PlanProtocol } from "#snapshot/plan.ts";
import type { Endpoint } from "./endpoint.ts";
import { Picker } from "./picker.ts";
import type { SessionPlace } from "./session-place.ts";

// Undefined: the mesh's own way.
export function bindPicker(
  backend: BackendPlan,
  protocol: PlanProtocol,
  endpoints: readonly Endpoint[],
  balancer: Balancer | undefined,
  session: SessionPlace | undefined,
): Picker | undefined {
  const policy = backend.kind === "endpoints" ? backend.policy : undefined;
  const requestsMax = requestsAtOnce(policy, protocol);
  const isPlain = !balancer && !session && requestsMax === Number.POSITIVE_INFINITY;
  if (isPlain) return undefined;
  const own = balancer ?? new PeakEwma(endpoints);
  return new Picker(endpoints, own, requestsMax, session);
}

// With one request a connection, those that have one and those that wait for one. Bytes have a
// connection each. Of HTTP/2, connections carry as many as they like.
function requestsAtOnce(policy: DestinationPolicyPlan | undefined, protocol: PlanProtocol): number {
  const { connectionsMax, pendingMax = 0, requestsMax = Infinity } = policy?.connections ?? {};
  if (protocol === "http2" || connectionsMax === undefined) return requestsMax;
  if (protocol === "tcp") return connectionsMax;
  return Math.min(requestsMax, connectionsMax + pendingMax);
}
