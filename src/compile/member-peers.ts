// What people are told of how a workload wants to be called.

import type { Workload } from "#ir/model.ts";
import { refText } from "#ir/origin.ts";
import type { Member } from "#snapshot/snapshot.ts";
import type { Catalog } from "./catalog.ts";
import { peerModeOf } from "./peer-mode.ts";

// Nothing where no document says anything, and nothing but mutual TLS gets to it anyhow.
export function memberPeers(
  catalog: Pick<Catalog, "mesh" | "peerRulesIn">,
  workload: Workload,
  port: number | undefined,
): Pick<Member, "peers"> {
  const { mode, rule } = peerModeOf(catalog, workload, port);
  if (!rule && !catalog.mesh.onKubernetes) return {};
  return { peers: { mode, rule: rule ? refText(rule.origin.ref) : "" } };
}
