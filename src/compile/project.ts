// The part of a snapshot that one proxy may have.

import type { InboundPlan, OutboundPlan } from "#snapshot/plan.ts";
import type { Snapshot } from "#snapshot/snapshot.ts";
import { resolveKey, type Viewer } from "./resolve-key.ts";

const ID_PREFIX = "outbound/";

export function projectOutbound(
  snapshot: Snapshot,
  key: string,
  viewer: Viewer,
): OutboundPlan | undefined {
  const found = resolveKey(snapshot, key, viewer);
  return found && snapshot.outbound.get(found.outboundId.slice(ID_PREFIX.length));
}

export function projectInbound(
  snapshot: Snapshot,
  workload: { readonly namespace: string; readonly name: string },
): InboundPlan | undefined {
  return snapshot.inbound.get(`${workload.namespace}/${workload.name}`);
}
