// Kinds of objects in a cluster: those that every cluster has, and those that a
// CustomResourceDefinition makes.

import type { ClusterObject } from "#kubernetes/cluster-object.ts";

export type ClusterKind = {
  readonly group: string; // "" for Kubernetes' core
  readonly version: string;
  readonly kind: string;
  readonly plural: string;
};

// What somebody can read: a kind, in these versions, the best one first.
export type ReadableKind = {
  readonly group: string;
  readonly kind: string;
  readonly versions: readonly string[];
};

// Of whichever cluster.
export const BUILT_IN: readonly ClusterKind[] = [
  { group: "", version: "v1", kind: "Namespace", plural: "namespaces" },
  { group: "", version: "v1", kind: "Service", plural: "services" },
  { group: "", version: "v1", kind: "ServiceAccount", plural: "serviceaccounts" },
  { group: "discovery.k8s.io", version: "v1", kind: "EndpointSlice", plural: "endpointslices" },
];

export const DEFINITIONS: ClusterKind = {
  group: "apiextensions.k8s.io",
  version: "v1",
  kind: "CustomResourceDefinition",
  plural: "customresourcedefinitions",
};

// Where all of them are listed, whatever their namespace.
export function pathOf({ group, version, plural }: ClusterKind): string {
  return group === "" ? `/api/${version}/${plural}` : `/apis/${group}/${version}/${plural}`;
}

// What is kept of a CustomResourceDefinition: the version of it to read. Undefined where nobody
// reads it, or it isn't served yet.
export function readDefinition(
  object: ClusterObject,
  readable: readonly ReadableKind[],
): ClusterKind | undefined {
  const { spec, status } = object as unknown as Definition;
  const { kind, plural } = spec.names;
  const known = readable.find((each) => each.group === spec.group && each.kind === kind);
  const isEstablished = status?.conditions?.some(
    ({ type, status: state }) => type === "Established" && state === "True",
  );
  if (!known || !isEstablished) return undefined;
  const served = spec.versions.filter(({ served }) => served).map(({ name }) => name);
  const version = known.versions.find((each) => served.includes(each));
  return version === undefined ? undefined : { group: spec.group, version, kind, plural };
}

type Definition = {
  readonly spec: {
    readonly group: string;
    readonly names: { readonly kind: string; readonly plural: string };
    readonly versions: readonly { readonly name: string; readonly served: boolean }[];
  };
  readonly status?: {
    readonly conditions?: readonly { readonly type: string; readonly status: string }[];
  };
};
