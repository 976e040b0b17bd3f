// Where workloads and addresses are.

import type { Labels } from "#ir/document.ts";
import type { OutsideAddress, Workload } from "#ir/model.ts";
import type { LocalityPlan, PlacePlan } from "#snapshot/locality-plan.ts";
import type { Catalog } from "./catalog.ts";
import type { Index } from "./reindex.ts";

const REGION = "topology.kubernetes.io/region";
const ZONE = "topology.kubernetes.io/zone";
const SUBZONE = "topology.istio.io/subzone";
const NODE = "kubernetes.io/hostname";
// All three in one, with dots or slashes between them; it wins, as in Istio.
const ISTIO_LOCALITY = "istio-locality";

// `names`: the labels that somebody asks for.
export function placeOfWorkload({ labels }: Workload, names: Iterable<string>): PlacePlan {
  const [region, zone, subzone] = partsOf(labels);
  const place = { region, zone, subzone, node: labels.get(NODE) ?? "" };
  return withLabels(place, labels, names);
}

function withLabels(place: PlacePlan, labels: Labels, names: Iterable<string>): PlacePlan {
  const asked = [...names].flatMap((name): [string, string][] => {
    const value = labels.get(name) ?? "";
    return value === "" || isOfPlace(name) ? [] : [[name, value]];
  });
  return asked.length === 0 ? place : { ...place, labels: asked };
}

// An EndpointSlice names no region: it is that of other workloads in the same zone.
// WorkloadEntries have labels as workloads have, and may say their place besides.
export function placeOfOutsider(
  { regionOfZone }: Pick<Catalog, "regionOfZone">,
  address: OutsideAddress,
  names: Iterable<string>,
): PlacePlan {
  const { labels = new Map<string, string>(), forZones } = address;
  const isSaid = address.region !== undefined || address.zone !== undefined;
  const [ownRegion, ownZone, ownSubzone] = isSaid ? ["", "", ""] : partsOf(labels);
  const { zone = ownZone, subzone = ownSubzone, node = labels.get(NODE) ?? "" } = address;
  const known = ownRegion === "" ? (regionOfZone.get(zone) ?? "") : ownRegion;
  const region = address.region ?? known;
  const place = { region, zone, subzone, node, ...(forZones && { forZones }) };
  return withLabels(place, labels, names);
}

// The first workload's that names it, by its zone.
export function regionsOfZones(zoned: Index<Workload>): ReadonlyMap<string, string> {
  return new Map([...zoned].map(([zone, [first]]) => [zone, partsOf(first!.labels)[0]]));
}

// Of a workload that says its region, too: one, or none.
export function zonesOf({ labels }: Workload): readonly string[] {
  const [region, zone] = partsOf(labels);
  return zone !== "" && region !== "" ? [zone] : [];
}

// The labels that a backend's policy asks endpoints for.
export function labelsAsked(locality: LocalityPlan | undefined): readonly string[] {
  return locality?.kind === "tiers" ? locality.labels.map(({ name }) => name) : [];
}

export function isNowhere({ region, zone, subzone, node, labels = [] }: PlacePlan): boolean {
  return `${region}${zone}${subzone}${node}` === "" && labels.length === 0;
}

function partsOf(labels: Workload["labels"]): [region: string, zone: string, subzone: string] {
  const whole = labels.get(ISTIO_LOCALITY);
  if (whole === undefined) {
    return [labels.get(REGION) ?? "", labels.get(ZONE) ?? "", labels.get(SUBZONE) ?? ""];
  }
  const [region = "", zone = "", subzone = ""] = whole.split(whole.includes("/") ? "/" : ".");
  return [region, zone, subzone];
}

function isOfPlace(name: string): boolean {
  return name === REGION || name === ZONE || name === SUBZONE || name === NODE;
}
