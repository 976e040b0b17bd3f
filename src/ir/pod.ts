// A pod and a node, as far as the mesh needs to know of them.

import type { Labels } from "./document.ts";
import type { Name } from "./model.ts";

export type PodFacts = Name & {
  readonly uid: string;
  readonly labels: Labels;
  readonly serviceAccount: string;
  // "web" of the Deployment, StatefulSet, DaemonSet or Job that made it; else its own name.
  readonly controller: string;
  // "Deployment" where that made it by way of a ReplicaSet; "Pod" where nobody did.
  readonly controllerKind: string;
  readonly node: string;
  readonly addresses: readonly string[]; // status.podIPs; empty until it has some
  // Its node's own addresses are its addresses.
  readonly isOnHostNetwork: boolean;
  readonly ports: readonly ContainerPort[]; // TCP, of its applications
  // Whose connections are bytes, whatever they speak; both ends belong to it.
  readonly opaquePorts: readonly (readonly [first: number, last: number])[];
  // The mesh's injector gave it a proxy.
  readonly hasProxy: boolean;
  // Of one without: why it can't have any, as the end of "not injected: ...".
  readonly proxyObstacle?: string;
  // Of one without: its annotations that ask for a proxy, or decline it.
  readonly askingAnnotations?: Labels;
  readonly isReady: boolean;
  // All of its containers are ready, and it isn't: its node has been silent, so that Kubernetes
  // believes it gone. Perhaps it serves; asked where none is ready.
  readonly isLost: boolean;
};

export type ContainerPort = { readonly name: string; readonly port: number };

export type NodeFacts = {
  readonly name: string;
  // Of its place: region, zone, subzone.
  readonly labels: Labels;
};
