// Why a pod can't have a proxy, whoever asks for one.

import type { JsonObject } from "#ir/document.ts";
import { NAMES, SYSTEM_NAMESPACES } from "./names.ts";
import { objectIn, objectsIn, type Pod, textIn, textsIn, valueIn } from "./pod.ts";

export type Obstacle = {
  readonly code:
    | "already-injected"
    | "other-mesh"
    | "system-namespace"
    | "host-network"
    | "windows"
    | "static-pod";
  readonly text: string; // as the end of "not injected: ..."
};

// Containers of other meshes: two proxies would intercept each other.
const OTHERS: ReadonlyMap<string, string> = new Map([
  ["istio-proxy", "Istio"],
  ["istio-init", "Istio"],
  ["linkerd-proxy", "Linkerd"],
  ["linkerd-init", "Linkerd"],
  ["kuma-sidecar", "Kuma"],
  ["consul-dataplane", "Consul"],
]);
const MIRROR = "kubernetes.io/config.mirror";

export function injectionObstacle(pod: Pod, namespace: string): Obstacle | undefined {
  const { spec } = pod;
  const names = ["initContainers", "containers"]
    .flatMap((list) => objectsIn(spec, list))
    .map((container) => textIn(container, "name") ?? "");
  if (names.some((name) => name === NAMES.proxyContainer || name === NAMES.initContainer)) {
    return { code: "already-injected", text: "it has the proxy already" };
  }
  const other = names.map((name) => OTHERS.get(name)).find((mesh) => mesh !== undefined);
  if (other) return { code: "other-mesh", text: `it has the proxy of ${other}` };
  if (SYSTEM_NAMESPACES.includes(namespace)) {
    return { code: "system-namespace", text: `namespace ${namespace} is the cluster's own` };
  }
  if (valueIn(spec, "hostNetwork") === true) {
    const text = "it uses its node's network, where rules would catch the node's own connections";
    return { code: "host-network", text };
  }
  if (isForWindows(spec)) return { code: "windows", text: "it is for Windows" };
  if (textsIn(pod.metadata, "annotations").has(MIRROR)) {
    return { code: "static-pod", text: "it is static: its node made it, and nobody can change it" };
  }
  return undefined;
}

function isForWindows(spec: JsonObject): boolean {
  const system = textIn(objectIn(spec, "os"), "name");
  return (system ?? textsIn(spec, "nodeSelector").get("kubernetes.io/os")) === "windows";
}
