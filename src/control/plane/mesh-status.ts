// The mesh in a few numbers.

import { basename, dirname } from "node:path";
import type { MeshStatus } from "#api/mesh-status.ts";
import type { ControlPlane } from "./control-plane.ts";

export function meshStatus(plane: ControlPlane, startedAtMs: number): MeshStatus {
  const { workloads, diagnostics } = plane;
  const versions = Map.groupBy(plane.distributor.sessions, ({ state }) => state.version);
  const bySeverity = (severity: string) =>
    diagnostics.filter((diagnostic) => diagnostic.severity === severity).length;
  return {
    name: nameOf(plane.settings),
    trustDomain: plane.identity.trustDomain,
    version: plane.settings.version,
    startedAtMs,
    uptimeMs: plane.world.clock.wallMs() - startedAtMs,
    revision: plane.snapshot.revision,
    workloads: {
      declared: workloads.length,
      meshed: workloads.filter(({ isMeshed }) => isMeshed).length,
      ready: workloads.filter(({ isReady }) => isReady).length,
    },
    proxyVersions: [...versions].map(([version, { length }]) => ({ version, count: length })),
    diagnostics: { errors: bySeverity("error"), warnings: bySeverity("warning") },
  };
}

// In a cluster there is one.
function nameOf({ documents, stateFolder }: ControlPlane["settings"]): string {
  return documents === "" ? "kubernetes" : basename(dirname(stateFolder));
}
