// The full name of a service.

import type { Service } from "#ir/model.ts";

export const CLUSTER_DOMAIN = "cluster.local";

export function hostOf({ host, namespace, name }: Service): string {
  return host ?? `${name}.${namespace}.svc.${CLUSTER_DOMAIN}`;
}
