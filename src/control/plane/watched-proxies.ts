// Which proxies somebody means who watches "svc/reviews": told by their keys, for each event. Who
// belongs to a name is looked up once for each snapshot.

import type { TapQuery } from "#api/tap.ts";
import type { Snapshot } from "#snapshot/snapshot.ts";
import type { ControlPlane } from "./control-plane.ts";

export function watchedProxies(plane: ControlPlane, query: TapQuery): (key: string) => boolean {
  const { kind, namespace, name } = query;
  if (kind === "namespace") {
    const wanted = name ?? namespace;
    return (key) => wanted === undefined || key.startsWith(`${wanted}/`);
  }
  if (name === undefined)
    return (key) => namespace === undefined || key.startsWith(`${namespace}/`);
  let members: ReadonlySet<string> = new Set();
  let of: Snapshot | undefined;
  return (key) => {
    if (of !== plane.snapshot) {
      of = plane.snapshot;
      members = membersOf(plane, query);
    }
    return members.has(key);
  };
}

function membersOf(plane: ControlPlane, { kind, namespace, name }: TapQuery): ReadonlySet<string> {
  const rows = plane.workloads.filter((row) => {
    if (namespace !== undefined && namespace !== row.namespace) return false;
    return kind === "service" ? row.services.includes(name!) : row.name === name;
  });
  return new Set(rows.map(({ namespace: own, name: row, pod }) => `${own}/${pod ?? row}`));
}
