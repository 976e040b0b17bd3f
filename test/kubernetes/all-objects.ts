// Every object of a cluster, of all kinds that it has, as "Kind namespace/name".

import type { Cluster } from "./cluster.ts";

// They come and go by themselves.
const PASSING = /^(events|componentstatuses|leases\.|endpointslices\.|endpoints$|podmetrics)/;
const COLUMNS = "KIND:.kind,NAMESPACE:.metadata.namespace,NAME:.metadata.name";

export async function allObjects(cluster: Cluster): Promise<ReadonlySet<string>> {
  const named = await cluster.kubectl(["api-resources", "--verbs=list", "-o", "name"]);
  const kinds = named.split("\n").filter((name) => name !== "" && !PASSING.test(name));
  const listing = ["get", kinds.join(","), "-A", "--no-headers", "-o"];
  const text = await cluster.kubectl([...listing, `custom-columns=${COLUMNS}`]);
  const lines = text.split("\n").filter((line) => line !== "");
  return new Set(lines.map((line) => line.trim().split(/\s+/).join(" ")));
}
