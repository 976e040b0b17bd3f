// What the objects of an installation are called. Others find them by these names: proxies their
// control plane, the CLI its token, `weft uninstall` what to remove.

import { NAMES as POD_NAMES } from "#control/kubernetes/injection/names.ts";

export const NAMES = {
  namespace: "weft-system",
  control: "weft-control",
  injector: "weft-injector",
  config: "weft-config", // ConfigMap: values and version of the installation
  ca: "weft-ca", // Secret: the root
  admin: "weft-admin", // Secret: tokens of the admin API
  trust: POD_NAMES.trustConfigMap, // in every namespace: roots
  lease: "weft-control-leader",
} as const;

// What an installation remembers of itself.
export const CONFIG_PATH = `/api/v1/namespaces/${NAMES.namespace}/configmaps/${NAMES.config}`;

export const PORTS = {
  proxies: 15_012,
  admin: 15_014,
  webhook: 15_017,
  health: 15_021,
} as const;

// On everything of ours: `kubectl get all -A -l app.kubernetes.io/part-of=weft`.
export const LABELS = {
  "app.kubernetes.io/name": "weft",
  "app.kubernetes.io/part-of": "weft",
} as const;

export const CONTROL_LABELS = { ...LABELS, "app.kubernetes.io/component": "control" } as const;
