// What of a pod's proxy is open to choice, and what holds where nobody chooses.

import type { PodSettings } from "#snapshot/pod-settings.ts";

export type ProxyOptions = {
  readonly image: string;
  readonly resources: ProxyResources;
  readonly settings: PodSettings;
  readonly rewritesProbes: boolean;
};

// Quantities of Kubernetes. The container that makes the rules has the same: it ends before the
// application starts, so that a pod's sum doesn't grow by it.
export type ProxyResources = {
  readonly requests: ResourceQuantities;
  readonly limits: ResourceQuantities;
};

export type ResourceQuantities = { readonly cpu?: string; readonly memory?: string };

// A limit of CPU would hold requests up in the middle of a tick, so there is none unless asked for.
export const DEFAULT_RESOURCES: ProxyResources = {
  requests: { cpu: "50m", memory: "64Mi" },
  limits: { memory: "256Mi" },
};
