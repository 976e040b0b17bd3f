// The identity that a workload's certificate shows.

import type { Workload } from "#ir/model.ts";
import type { Catalog } from "./catalog.ts";

export function identityOf(
  { mesh }: Pick<Catalog, "mesh">,
  { namespace, serviceAccount }: Pick<Workload, "namespace" | "serviceAccount">,
): string {
  return `spiffe://${mesh.trustDomain}/ns/${namespace}/sa/${serviceAccount}`;
}
