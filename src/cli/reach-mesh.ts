// The mesh that a command is about: one on this machine, else one in a cluster.
//
//   --mesh DIR, $WEFT_MESH, or a .weft here or above   on this machine
//   --context NAME, --kubeconfig FILE                  in that cluster
//   none of them, and no .weft                         in the cluster of the kubeconfig's context

import { type Command, Option } from "commander";
import type { Answer } from "#api/answer.ts";
import type { AskedMesh } from "./ask-mesh.ts";
import { findMesh } from "./find-mesh.ts";
import type { Surroundings } from "./surroundings.ts";

export type ClusterFlags = { readonly context?: string; readonly kubeconfig?: string };
export type ReachFlags = ClusterFlags & { readonly mesh?: string };

export function addReachOptions(command: Command): Command {
  const mesh = new Option(
    "--mesh <dir>",
    "folder of a mesh on this machine (default: from here up)",
  );
  return addClusterOptions(command.addOption(mesh.conflicts(["context", "kubeconfig"])));
}

export function addClusterOptions(command: Command): Command {
  return command
    .option("--context <name>", "of the kubeconfig: the mesh in that cluster")
    .option("--kubeconfig <file>", "(default: $KUBECONFIG, else ~/.kube/config)");
}

export async function reachMesh(
  surroundings: Surroundings,
  flags: ReachFlags,
): Promise<Answer<AskedMesh>> {
  if (isAboutCluster(flags)) return inCluster(surroundings, flags);
  const found = findMesh({ ...surroundings, mesh: flags.mesh });
  const isNamed = (flags.mesh ?? surroundings.environment["WEFT_MESH"]) !== undefined;
  if (found.kind === "ok" || isNamed) return found;
  const { openCluster } = await import("./open-cluster.ts");
  const opening = await openCluster(surroundings, {});
  if (opening.kind === "refused") return found;
  const { findClusterMesh } = await import("./find-cluster-mesh.ts");
  return findClusterMesh(opening.api);
}

export function isAboutCluster({ context, kubeconfig }: ClusterFlags): boolean {
  return context !== undefined || kubeconfig !== undefined;
}

async function inCluster(
  surroundings: Surroundings,
  flags: ClusterFlags,
): Promise<Answer<AskedMesh>> {
  const { openCluster } = await import("./open-cluster.ts");
  const opening = await openCluster(surroundings, flags);
  if (opening.kind === "refused") {
    const remedy = "Name a context of your kubeconfig with --context";
    const error = { code: "unavailable", message: opening.reason, remedy } as const;
    return { kind: "error", error };
  }
  const { findClusterMesh } = await import("./find-cluster-mesh.ts");
  return findClusterMesh(opening.api);
}
