// What a cluster's source says at one moment.

import type { NodeFacts, PodFacts } from "#ir/pod.ts";
import type { DocumentSet } from "./document-set.ts";

export type ClusterSet = DocumentSet & {
  readonly pods: ReadonlyMap<string, PodFacts>; // by "namespace/name"
  readonly nodes: ReadonlyMap<string, NodeFacts>; // by name
};
