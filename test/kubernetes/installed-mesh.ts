// Weft on the cluster, as docs say it is installed.

import { installKinds } from "./bookshop.ts";
import type { Cluster } from "./cluster.ts";
import { importWeftImage } from "./images.ts";

export const SYSTEM = "weft-system";
const CLI = "dist/main/weft.js";

// Once for a cluster; answers when the control plane is ready.
export function installMesh(cluster: Cluster): Promise<void> {
  return cluster.once("mesh", async () => {
    await importWeftImage(cluster);
    await installKinds(cluster);
    const install = ["install", "--skip-gateway-api-crds", "--set", "control.logLevel=debug"];
    const manifests = await weft(cluster, install);
    await cluster.kubectl(["apply", "-f", "-"], { input: manifests });
    await cluster.rolledOut(SYSTEM, "deployment/weft-control");
  });
}

// The command line on this machine, with the cluster's kubeconfig.
export function weft(cluster: Cluster, args: readonly string[]): Promise<string> {
  return cluster.run(process.execPath, [CLI, ...args]);
}
