// The mesh that a command is about: one on this machine, else one in a cluster.
//
//   --mesh DIR, $WEFT_MESH, or a .weft here or above   on this machine
//   --context NAME, --kubeconfig FILE                  in that cluster
//   none of them, and no .weft                         in the cluster of the kubeconfig's context

import { type Command, Option } from "commander";
import type { Answer } from "#api/answer.ts";
import type { ApiError } from "#api/api-error.ts";
import type { ClusterApi } from "#kubernetes/cluster-api.ts";
import type { AskedMesh } from "./ask-mesh.ts";
import { findMesh } from "./find-mesh.ts";
import type { Surroundings } from "./surroundings.ts";

export type ClusterFlags = { readonly context?: string; readonly kubeconfig?: string };
export type ReachFlags = ClusterFlags & { readonly mesh?: string };

export type MeshPlace =
  | { readonly kind: "here"; readonly mesh: Answer<AskedMesh> }
  | { readonly kind: "cluster"; readonly api: ClusterApi }
  | { readonly kind: "refused"; readonly error: ApiError };

export function addReachOptions(command: Command): Command {
  const mesh = new Option(
    "--mesh <dir>",
    "folder of a mesh on this machine (default: from here up)",
  );
  // For fingers that know kubectl: nothing is left out without -n.
  const everywhere = new Option("-A, --all-namespaces", "all namespaces, as without -n");
  command.addOption(mesh.conflicts(["context", "kubeconfig"])).addOption(everywhere);
  return addClusterOptions(command);
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
  const place = await findPlace(surroundings, flags);
  if (place.kind === "here") return place.mesh;
  if (place.kind === "refused") return { kind: "error", error: place.error };
  const { findClusterMesh } = await import("./find-cluster-mesh.ts");
  return findClusterMesh(place.api);
}

export async function findPlace(surroundings: Surroundings, flags: ReachFlags): Promise<MeshPlace> {
  if (flags.context !== undefined || flags.kubeconfig !== undefined) {
    return findCluster(surroundings, flags);
  }
  const mesh = findMesh({ ...surroundings, mesh: flags.mesh });
  const isNamed = (flags.mesh ?? surroundings.environment["WEFT_MESH"]) !== undefined;
  if (mesh.kind === "ok" || isNamed) return { kind: "here", mesh };
  const place = await findCluster(surroundings, flags);
  return place.kind === "cluster" ? place : { kind: "here", mesh };
}

// By the flags of a command: one that looks again and again keeps its connections.
const opened = new WeakMap<ClusterFlags, ClusterApi>();

export async function findCluster(
  surroundings: Surroundings,
  flags: ClusterFlags,
): Promise<Exclude<MeshPlace, { kind: "here" }>> {
  const known = opened.get(flags);
  if (known) return { kind: "cluster", api: known };
  const { openCluster } = await import("./open-cluster.ts");
  const opening = await openCluster(surroundings, flags);
  if (opening.kind === "opened") {
    opened.set(flags, opening.api);
    return { kind: "cluster", api: opening.api };
  }
  const remedy = "Name a context of your kubeconfig with --context";
  return { kind: "refused", error: { code: "unavailable", message: opening.reason, remedy } };
}
