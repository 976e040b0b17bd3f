// The kinds of others, as they publish them.

import type { Cluster } from "./cluster.ts";

// Once for a cluster.
export function installKinds(cluster: Cluster, dialect: "gateway-api" | "istio"): Promise<void> {
  return cluster.once(`kinds of ${dialect}`, async () => {
    const folder = cluster.kit.customResources(dialect);
    await cluster.kubectl(["apply", "--server-side", "--force-conflicts", "-f", folder]);
    await cluster.kubectl(["wait", "crd", "--all", "--for=condition=Established"]);
  });
}
