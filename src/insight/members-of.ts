// What a backend selects, ready or not.

import { backendKey } from "#snapshot/backend-key.ts";
import type { EndpointsBackendPlan } from "#snapshot/plan.ts";
import type { Member, Snapshot } from "#snapshot/snapshot.ts";

export function membersOf(snapshot: Snapshot, backend: EndpointsBackendPlan): readonly Member[] {
  const { namespace, service, subset, port, part, endpoints } = backend;
  // Of what no document lists, there is what was dialled.
  const dialled = endpoints.map(({ workload }): Member => ({ workload, state: "ready" }));
  const whole = backendKey({ namespace, service, subset, port });
  const selected = snapshot.members.get(whole) ?? dialled;
  const own = selected.filter(({ workload }) => workload.name === part);
  return own.length > 0 ? own : selected;
}
