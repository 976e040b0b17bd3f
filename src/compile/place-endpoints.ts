// Says of endpoints where they are, if the backend's policy asks for that.

import { isDeepStrictEqual } from "node:util";
import type { DestinationPolicyPlan } from "#snapshot/destination-policy-plan.ts";
import type { EndpointPlan } from "#snapshot/plan.ts";
import type { Catalog } from "./catalog.ts";
import { labelsAsked, placeOfOutsider, placeOfWorkload } from "./places.ts";
import type { Selection } from "./select-endpoints.ts";

type Placed = {
  readonly endpoints: readonly EndpointPlan[];
  readonly policy: DestinationPolicyPlan | undefined;
};

export function placeEndpoints(
  catalog: Catalog,
  { endpoints, sources }: Selection,
  policy: DestinationPolicyPlan | undefined,
): Placed {
  if (!policy?.locality && !policy?.isNodeLocal) return { endpoints, policy };
  const asked = labelsAsked(policy.locality);
  const places = sources.map((source) =>
    "dependencies" in source
      ? placeOfWorkload(source, asked)
      : placeOfOutsider(catalog, source, asked),
  );
  // Nobody is nearer than another: no proxy needs to know.
  const { locality, ...others } = policy;
  const isOnePlace = places.every((place) => isDeepStrictEqual(place, places[0]));
  if (locality?.kind === "tiers" && isOnePlace && !policy.isNodeLocal) {
    return { endpoints, policy: Object.keys(others).length === 0 ? undefined : others };
  }
  return { endpoints: endpoints.map((plan, i) => ({ ...plan, place: places[i]! })), policy };
}
