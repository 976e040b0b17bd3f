// kubernetes-api, kubernetes-version: is there a cluster, and one that Weft runs on?

import type { CheckCategory } from "#api/check-result.ts";
import { failed, passed } from "./check-of.ts";
import { type CheckWorld, textIn } from "./check-world.ts";

// Sidecars that start before an application and end after it (native sidecars) are on by default
// from 1.29; conditions of webhooks are stable from 1.30.
const MINOR_MIN = 30;

export async function kubernetesChecks({ api }: CheckWorld): Promise<readonly CheckCategory[]> {
  const name = "the API server answers";
  const { status, body, reason } = await api.request("GET", "/version");
  if (status !== 200) {
    const hint = "See `kubectl version`; --context and --kubeconfig say which cluster is meant";
    return [{ name: "kubernetes-api", checks: [failed(name, reason, hint)] }];
  }
  const server = `${api.access.server.origin}, context ${api.access.name}`;
  return [
    { name: "kubernetes-api", checks: [passed(name, server)] },
    { name: "kubernetes-version", checks: [versionCheck(textIn(body, "gitVersion"))] },
  ];
}

function versionCheck(version: string) {
  const name = `Kubernetes is at least 1.${MINOR_MIN}`;
  const [, major = "0", minor = "0"] = /^v(\d+)\.(\d+)/.exec(version) ?? [];
  const isEnough = Number(major) > 1 || (major === "1" && Number(minor) >= MINOR_MIN);
  if (isEnough) return passed(name, version);
  return failed(name, `found ${version}`, "Weft needs native sidecars and conditions of webhooks");
}
