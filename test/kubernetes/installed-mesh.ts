// Weft on the cluster, as docs say it is installed.

import { text } from "node:stream/consumers";
import type { CheckResult } from "#api/check-result.ts";
import type { Cluster } from "./cluster.ts";
import { importWeftImage } from "./images.ts";
import { installKinds } from "./install-kinds.ts";

export const SYSTEM = "weft-system";
const CLI = "dist/main/weft.js";

// Once for a cluster; answers when the control plane is ready. Istio's kinds come after it: it takes
// up what appears.
export function installMesh(cluster: Cluster): Promise<void> {
  return cluster.once("mesh", async () => {
    await importWeftImage(cluster);
    const manifests = await weft(cluster, ["install", "--set", "control.logLevel=debug"]);
    await cluster.kubectl(["apply", "-f", "-"], { input: manifests });
    await cluster.rolledOut(SYSTEM, "deployment/weft-control");
    await installKinds(cluster, "istio");
  });
}

// The command line on this machine, with the cluster's kubeconfig.
export function weft(cluster: Cluster, args: readonly string[]): Promise<string> {
  return cluster.run(process.execPath, [CLI, ...args]);
}

// Whatever is found: other cases may have left what a check has something to say about.
export async function weftCheck(cluster: Cluster): Promise<CheckResult> {
  const child = cluster.spawn(process.execPath, [CLI, "check", "-o", "json"]);
  child.stdin!.end();
  const [output, errors] = await Promise.all([text(child.stdout!), text(child.stderr!)]);
  if (output === "") throw new Error(`weft check says nothing: ${errors}`);
  return JSON.parse(output);
}
