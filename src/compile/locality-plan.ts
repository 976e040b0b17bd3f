// Which of a service's endpoints are preferred by callers near them: what its DestinationRule says,
// else the hints that its EndpointSlices give, else the Service itself, else the mesh.

import type { DestinationPolicy } from "#ir/destination-policy.ts";
import type { Locality, LocalityTiers } from "#ir/locality.ts";
import type { Service } from "#ir/model.ts";
import { nameKey } from "#ir/model.ts";
import type { LocalityPlan } from "#snapshot/locality-plan.ts";
import type { Catalog } from "./catalog.ts";

// Istio's default for the whole mesh.
const NEAREST: LocalityTiers = { kind: "tiers", labels: [], isByPlace: true, regions: [] };

export function localityPlan(
  { mesh, outsidesOf }: Catalog,
  service: Service,
  { balancer, ejection }: DestinationPolicy,
): LocalityPlan | undefined {
  if (balancer?.locality) return inForce(balancer.locality, ejection !== undefined);
  const addresses = (outsidesOf.get(nameKey(service)) ?? []).flatMap((each) => each.addresses);
  if (addresses.some(({ forZones }) => forZones !== undefined)) return { kind: "hints" };
  if (service.locality) return inForce(service.locality, true);
  return inForce(mesh.locality ?? NEAREST, ejection !== undefined);
}

// Whoever never notices that an endpoint fails never leaves it for a farther one: then all are
// asked, as in Istio.
function inForce(locality: Locality, notices: boolean): LocalityPlan | undefined {
  if (locality.kind === "off") return undefined;
  return locality.kind === "tiers" && !notices ? undefined : locality;
}
