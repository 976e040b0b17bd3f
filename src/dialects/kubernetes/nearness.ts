// Which endpoints of a Service its callers prefer, and which they must take: trafficDistribution,
// internalTrafficPolicy, and the annotations that say the same.

import type { Labels } from "#ir/document.ts";
import type { FieldReader } from "#ir/field-reader.ts";
import type { Service } from "#ir/model.ts";

const DISTRIBUTIONS = ["PreferClose", "PreferSameZone", "PreferSameNode"] as const;
// Of Kubernetes; the first has another name since 1.27.
const TOPOLOGY_MODES = [
  "service.kubernetes.io/topology-mode",
  "service.kubernetes.io/topology-aware-hints",
];
const ISTIOS = "networking.istio.io/traffic-distribution";
const ZONE = ["topology.kubernetes.io/region", "topology.kubernetes.io/zone"];
const NODE = [...ZONE, "topology.istio.io/subzone", "kubernetes.io/hostname"];

export function readNearness(
  spec: FieldReader,
  annotations: Labels,
): Pick<Service, "locality" | "isNodeLocal"> {
  const policy = spec.choice("internalTrafficPolicy", ["Cluster", "Local"]);
  const labels = labelsOf(spec, annotations);
  return {
    ...(policy === "Local" && { isNodeLocal: true }),
    ...(labels && {
      locality: {
        ...{ kind: "tiers", isByPlace: false, regions: [] },
        labels: labels.map((name) => ({ name })),
      },
    }),
  };
}

function labelsOf(spec: FieldReader, annotations: Labels): readonly string[] | undefined {
  const written = spec.choice("trafficDistribution", DISTRIBUTIONS);
  // Kubernetes: the annotation wins.
  if (TOPOLOGY_MODES.some((name) => isAuto(annotations.get(name)))) return ZONE;
  const preferred = written ?? annotations.get(ISTIOS);
  if (preferred === "PreferSameNode") return NODE;
  return preferred === "PreferClose" || preferred === "PreferSameZone" ? ZONE : undefined;
}

function isAuto(mode: string | undefined): boolean {
  return mode === "Auto" || mode === "auto";
}
