// Which proxies somebody means who watches "svc/reviews".

import type { TapQuery } from "#api/tap.ts";
import type { WorkloadRow } from "#api/workload-row.ts";
import { nameKey } from "#ir/model.ts";
import type { ControlPlane } from "./control-plane.ts";

export function watchedProxies(
  plane: ControlPlane,
  { kind, namespace, name }: TapQuery,
): (key: string) => boolean {
  if (kind === "namespace") {
    const wanted = name ?? namespace;
    return (key) => wanted === undefined || key.startsWith(`${wanted}/`);
  }
  return (key) => {
    const row = plane.workloads.find((each) => keyOf(each) === key);
    if (!row || (namespace !== undefined && namespace !== row.namespace)) return false;
    if (name === undefined) return true;
    return kind === "service" ? row.services.includes(name) : row.name === name || row.pod === name;
  };
}

function keyOf({ namespace, name, pod }: WorkloadRow): string {
  return nameKey({ namespace, name: pod ?? name });
}
