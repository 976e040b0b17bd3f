// What the control plane says of itself and of its mesh, and which version it is of.

import { ADMIN_PATHS } from "#api/admin-paths.ts";
import type { CheckCategory, CheckResult } from "#api/check-result.ts";
import type { MeshStatus } from "#api/mesh-status.ts";
import { askMesh } from "#cli/ask-mesh.ts";
import { findClusterMesh } from "#cli/find-cluster-mesh.ts";
import { failed, passed, warned } from "./check-of.ts";
import type { CheckWorld } from "./check-world.ts";

export async function meshChecks(world: CheckWorld): Promise<readonly CheckCategory[]> {
  const name = "the control plane answers";
  const version = "control-plane-version";
  const found = await findClusterMesh(world.api);
  if (found.kind === "error") {
    const { message, remedy } = found.error;
    return [{ name: version, checks: [failed(name, message, remedy ?? "")] }];
  }
  const status = await askMesh<MeshStatus>(found.value, { path: ADMIN_PATHS.status });
  const result = await askMesh<CheckResult>(found.value, { path: ADMIN_PATHS.check });
  if (status.kind === "error" || result.kind === "error") {
    const error = status.kind === "error" ? status.error : result.kind === "error" && result.error;
    const { message, remedy } = error || { message: "", remedy: "" };
    return [{ name: version, checks: [failed(name, message, remedy ?? "")] }];
  }
  return [
    { name: version, checks: [versionCheck(status.value.version, world.version)] },
    ...result.value.categories,
  ];
}

function versionCheck(found: string, version: string) {
  const name = "the control plane is of this command's version";
  if (found === version) return passed(name, version);
  const detail = `it is ${found}, this command is ${version}`;
  return warned(name, detail, "`weft upgrade | kubectl apply -f -`, or use the other command");
}
