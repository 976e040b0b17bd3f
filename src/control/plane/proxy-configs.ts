// What proxies run on, for people: plans and the ends of certificates, never a key.

import type { HeldPlan, ProxyConfig } from "#api/proxy-config.ts";
import type { WorkloadRow } from "#api/workload-row.ts";
import type { ProxyQuery } from "#control/admin/admin-backend.ts";
import type { Session } from "#control/distribution/session.ts";
import { nameKey } from "#ir/model.ts";
import type { ControlPlane } from "./control-plane.ts";

export function proxyConfigs(
  plane: ControlPlane,
  { namespace, name }: ProxyQuery,
): readonly ProxyConfig[] {
  const rows = plane.workloads.filter(
    (row) =>
      (namespace === undefined || row.namespace === namespace) &&
      (name === undefined || row.name === name || row.pod === name),
  );
  const sessions = new Map(plane.distributor.sessions.map((session) => [session.key, session]));
  return rows.flatMap((row) => {
    const session = sessions.get(nameKey({ ...row, name: row.pod ?? row.name }));
    return session ? [configOf(row, session)] : [];
  });
}

function configOf(row: WorkloadRow, session: Session): ProxyConfig {
  const { namespace, name, pod, identity, certificateExpiresAtMs } = row;
  const { revision, keys, outbound, inbound } = session.holding;
  return {
    ...{ namespace, name, pod, identity, certificateExpiresAtMs, keys },
    version: session.state.version,
    revisionTold: revision,
    revisionAcknowledged: session.revisionAcknowledged,
    outbound: outbound.map(heldPlan),
    inbound: inbound ? heldPlan(inbound) : null,
  };
}

function heldPlan(plan: { readonly id: string; readonly hash: string }): HeldPlan {
  return { id: plan.id, hash: plan.hash, plan };
}
