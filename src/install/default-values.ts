// What can be chosen about an installation, with what is chosen unless somebody says otherwise.
// The schema that user's values must fit is in values-schema.ts.

import type { JsonObject } from "#ir/document.ts";

export const PROFILES = ["default", "ha"] as const;
export type Profile = (typeof PROFILES)[number];

export function defaultValues(version: string): JsonObject {
  return {
    image: { repository: "weft.dev/weft", tag: version, pullPolicy: "IfNotPresent" },
    imagePullSecrets: [],
    control: {
      replicas: 1,
      logLevel: "info",
      resources: {
        requests: { cpu: "100m", memory: "256Mi" },
        limits: { memory: "1Gi" },
      },
      nodeSelector: { "kubernetes.io/os": "linux" },
      tolerations: [],
      affinity: {},
      priorityClassName: "",
      podAnnotations: {},
    },
    podDisruptionBudget: { enabled: false, maxUnavailable: 1 },
    injector: { failurePolicy: "Fail", timeoutSeconds: 10 },
    proxy: {
      logLevel: "info",
      resources: {
        requests: { cpu: "50m", memory: "64Mi" },
        limits: { memory: "256Mi" },
      },
    },
    mesh: {},
  };
}

// What a profile chooses otherwise.
export const PROFILE_VALUES: Readonly<Record<Profile, JsonObject>> = {
  default: {},
  ha: {
    control: {
      replicas: 3,
      resources: {
        requests: { cpu: "500m", memory: "512Mi" },
        limits: { memory: "2Gi" },
      },
      affinity: {
        podAntiAffinity: {
          preferredDuringSchedulingIgnoredDuringExecution: [
            apart(100, "kubernetes.io/hostname"),
            apart(50, "topology.kubernetes.io/zone"),
          ],
        },
      },
      priorityClassName: "system-cluster-critical",
    },
    podDisruptionBudget: { enabled: true },
  },
};

function apart(weight: number, topologyKey: string): JsonObject {
  const labelSelector = { matchLabels: { "app.kubernetes.io/component": "control" } };
  return { weight, podAffinityTerm: { labelSelector, topologyKey } };
}
