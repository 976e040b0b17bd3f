// The API server of the cluster that a command is about.

import { systemClock } from "#base/clock.ts";
import { systemRandom } from "#base/random.ts";
import { ClusterApi, type ClusterOpening } from "#kubernetes/cluster-api.ts";
import type { ClusterFlags } from "./reach-mesh.ts";
import type { Surroundings } from "./surroundings.ts";

export function openCluster(
  { files, environment }: Surroundings,
  { context, kubeconfig }: ClusterFlags,
): Promise<ClusterOpening> {
  const which = {
    ...(context !== undefined && { context }),
    ...(kubeconfig !== undefined && { kubeconfig }),
  };
  const world = { files, environment, clock: systemClock, random: systemRandom };
  return ClusterApi.open(which, world);
}
