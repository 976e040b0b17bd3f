// Which of a backend's endpoints a caller prefers for being near, as Istio (localityLbSetting) and
// Kubernetes (trafficDistribution, hints, internalTrafficPolicy) have it. Worked out once for each
// plan and place, not for each request; proxies and explanations ask here and nowhere else.

import type { LocalitySharesPlan, LocalityTiersPlan, PlacePlan } from "#snapshot/locality-plan.ts";
import type { EndpointsBackendPlan } from "#snapshot/plan.ts";

export type LocalityGroups = {
  // "tiers": the first as far as it is well, then the next. "shares": by weight.
  readonly kind: "tiers" | "shares";
  readonly groups: readonly LocalityGroup[]; // two or more, none empty
};

export type LocalityGroup = {
  readonly members: readonly number[]; // places among the backend's endpoints
  readonly weight: number; // of "shares"; else 1
};

type Members = readonly (readonly [at: number, place: PlacePlan])[];

export const NOWHERE: PlacePlan = { region: "", zone: "", subzone: "", node: "" };

// The endpoints that callers there may be sent to at all. The same object where that is all.
export function withinReach(
  backend: EndpointsBackendPlan,
  caller: PlacePlan = NOWHERE,
): EndpointsBackendPlan {
  const { endpoints, policy } = backend;
  const shares = sharesFor(backend, caller);
  const endsAt = endpoints.filter(({ place = NOWHERE }) => {
    if (policy?.isNodeLocal && place.node !== caller.node) return false;
    return shares === undefined || shares.some(([pattern]) => fits(place, pattern));
  });
  return endsAt.length === endpoints.length ? backend : { ...backend, endpoints: endsAt };
}

// Undefined: none is preferred. `backend` is within reach.
export function localityGroups(
  backend: EndpointsBackendPlan,
  caller: PlacePlan = NOWHERE,
): LocalityGroups | undefined {
  const locality = backend.policy?.locality;
  if (!locality) return undefined;
  const members = backend.endpoints.map(({ place = NOWHERE }, at) => [at, place] as const);
  switch (locality.kind) {
    case "shares": {
      const to = sharesFor(backend, caller);
      return to && grouped("shares", shareGroups(members, to));
    }
    case "tiers":
      return grouped(
        "tiers",
        tiersOf(members, (place) => tierOf(locality, caller, place)),
      );
    case "hints":
      return grouped("tiers", hintTiers(members, caller.zone));
  }
}

function grouped(
  kind: LocalityGroups["kind"],
  groups: readonly LocalityGroup[],
): LocalityGroups | undefined {
  return groups.length < 2 ? undefined : { kind, groups };
}

// Of the first rule that fits the caller.
function sharesFor({ policy }: EndpointsBackendPlan, caller: PlacePlan) {
  if (policy?.locality?.kind !== "shares") return undefined;
  return policy.locality.rules.find(({ from }) => fits(caller, from))?.to;
}

// What several patterns fit belongs to the first. A place's weight is its share, whatever number of
// endpoints it has.
function shareGroups(
  members: Members,
  to: LocalitySharesPlan["rules"][number]["to"],
): LocalityGroup[] {
  const taken = new Set<number>();
  const groups = to.map(([pattern, weight]) => {
    const own = members.filter(([at, place]) => !taken.has(at) && fits(place, pattern));
    for (const [at] of own) taken.add(at);
    return { members: own.map(([at]) => at), weight };
  });
  return groups.filter((group) => group.members.length > 0);
}

// Kubernetes: hints count only where all endpoints have some, and one of them fits the caller.
function hintTiers(members: Members, zone: string): LocalityGroup[] {
  const isComplete = members.every(([, { forZones = [] }]) => forZones.length > 0);
  if (zone === "" || !isComplete) return [];
  return tiersOf(members, ({ forZones = [] }) => (forZones.includes(zone) ? 0 : 1));
}

function tiersOf(members: Members, tierFor: (place: PlacePlan) => number): LocalityGroup[] {
  const tiers = Map.groupBy(members, ([, place]) => tierFor(place));
  const nearestFirst = [...tiers].sort(([a], [b]) => a - b);
  return nearestFirst.map(([, own]) => ({ members: own.map(([at]) => at), weight: 1 }));
}

// Istio's priorities: 0 is nearest. The labels count first, then the place.
function tierOf(
  { labels, isByPlace, regions }: LocalityTiersPlan,
  caller: PlacePlan,
  place: PlacePlan,
): number {
  const missed = labels.findIndex(({ name, value = labelOf(caller, name) }) => {
    return labelOf(place, name) !== value;
  });
  const byLabels = missed < 0 ? 0 : labels.length - missed;
  if (!isByPlace) return byLabels;
  return byLabels * (FARTHEST + 1) + distance(regions, caller, place);
}

const FARTHEST = 4;

function distance(
  regions: LocalityTiersPlan["regions"],
  caller: PlacePlan,
  { region, zone, subzone }: PlacePlan,
): number {
  if (region === caller.region) {
    if (zone !== caller.zone) return 2;
    return subzone === caller.subzone ? 0 : 1;
  }
  const next = regions.find(({ from }) => from === caller.region);
  return next === undefined || next.to === region ? FARTHEST - 1 : FARTHEST;
}

function labelOf({ region, zone, subzone, node, labels = [] }: PlacePlan, name: string): string {
  switch (name) {
    case "topology.kubernetes.io/region":
      return region;
    case "topology.kubernetes.io/zone":
      return zone;
    case "topology.istio.io/subzone":
      return subzone;
    case "kubernetes.io/hostname":
      return node;
  }
  return labels.find(([own]) => own === name)?.[1] ?? "";
}

// "region/zone/subzone"; a star, or what is left out, stands for anything.
function fits({ region, zone, subzone }: PlacePlan, pattern: string): boolean {
  const parts = pattern.split("/");
  return [region, zone, subzone].every((own, i) => {
    const wanted = parts[i] ?? "*";
    return wanted === "*" || wanted === own;
  });
}
