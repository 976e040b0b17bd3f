// Everything that an installation consists of, in an order in which `kubectl apply` takes it: what
// others name comes first. The namespace is apart, for Helm makes its own.

import type { JsonObject } from "#ir/document.ts";
import { controlAccess } from "./control-access.ts";
import { controlBudget, controlDeployment, controlService } from "./control-deployment.ts";
import gatewayApi from "./data/gateway-api-crds.json" with { type: "json" };
import { injectorWebhook } from "./injector-webhook.ts";
import { LABELS, NAMES } from "./names.ts";
import { type Manifest, value } from "./template.ts";

export const GATEWAY_API = { version: gatewayApi.version, channel: gatewayApi.channel } as const;

export function gatewayApiCrds(): readonly JsonObject[] {
  return gatewayApi.objects;
}

export function namespaceManifest(): Manifest {
  const labels = {
    ...LABELS,
    "pod-security.kubernetes.io/enforce": "restricted",
    "pod-security.kubernetes.io/audit": "restricted",
    "pod-security.kubernetes.io/warn": "restricted",
  };
  const metadata = { name: NAMES.namespace, labels };
  return { object: { apiVersion: "v1", kind: "Namespace", metadata } };
}

export function controlManifests(): readonly Manifest[] {
  return [
    ...controlAccess(),
    meshConfig(),
    controlService(),
    controlDeployment(),
    controlBudget(),
    injectorWebhook(),
  ];
}

// Without one, all of the mesh's settings are their defaults.
function meshConfig(): Manifest {
  return {
    when: "mesh",
    object: {
      apiVersion: "weft.dev/v1alpha1",
      kind: "MeshConfig",
      metadata: { name: "default", namespace: NAMES.namespace, labels: LABELS },
      spec: value("mesh"),
    },
  };
}
