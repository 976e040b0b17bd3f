// What the injector adds to a pod, by name.

export const NAMES = {
  initContainer: "weft-init",
  proxyContainer: "weft-proxy",
  stateVolume: "weft-state",
  tokenVolume: "weft-token",
  // Whoever makes the pod can write both; so the control plane asks for the container as well.
  statusAnnotation: "weft.dev/status",
  warningsAnnotation: "weft.dev/warnings",
  proxyLabel: "weft.dev/proxy",
  settingsVariable: "WEFT_SETTINGS",
  trustConfigMap: "weft-trust",
  trustKey: "roots.pem",
} as const;

export const SYSTEM_NAMESPACES: readonly string[] = [
  "kube-system",
  "kube-public",
  "kube-node-lease",
  "weft-system",
];
