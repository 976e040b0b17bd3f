// Puts pods into the model: those with a proxy become workloads, and EndpointSlices learn which pod
// is at each of their addresses. What has not changed stays the same object, call after call.

import { isIPv6 } from "node:net";
import { isDeepStrictEqual } from "node:util";
import { isSameList } from "#base/same-list.ts";
import type { Model, Outside, OutsideAddress, Service, Workload } from "#ir/model.ts";
import { nameKey } from "#ir/model.ts";
import type { NodeFacts, PodFacts } from "#ir/pod.ts";
import { podWorkload } from "./pod-workload.ts";

export type ClusterPods = {
  readonly pods: ReadonlyMap<string, PodFacts>;
  readonly nodes: ReadonlyMap<string, NodeFacts>;
};

type KnownPod = {
  readonly pod: PodFacts;
  readonly node: NodeFacts | undefined;
  readonly workload: Workload;
};

type PodAt = { readonly pod: PodFacts; readonly workload: Workload | undefined };
type KnownOutside = {
  readonly isCut: boolean;
  readonly at: readonly (PodAt | undefined)[];
  readonly joined: Outside;
};

export class PodJoin {
  #known = new Map<string, KnownPod>();
  #services: ReadonlyMap<string, readonly Service[]> = new Map();
  #places = new Map<string, PodAt>();
  #outsides = new WeakMap<Outside, KnownOutside>();

  // Is this a pod that became a workload?
  has(key: string): boolean {
    return this.#known.has(key);
  }

  join(model: Model, { pods, nodes }: ClusterPods): Model {
    const services = Map.groupBy(
      model.services.filter(({ host, selector }) => host === undefined && selector.size > 0),
      ({ namespace }) => namespace,
    );
    const isOther = this.#otherNamespaces(services);
    const known = new Map<string, KnownPod>();
    for (const [key, pod] of pods) {
      if (!pod.hasProxy || pod.isOnHostNetwork) continue;
      const node = nodes.get(pod.node);
      const before = this.#known.get(key);
      const isSame = before?.pod === pod && before.node === node && !isOther(pod.namespace);
      if (before && isSame) known.set(key, before);
      else known.set(key, this.#pod(before, pod, node, services.get(pod.namespace) ?? []));
    }
    this.#known = known;
    this.#place(pods);
    const workloads = [...model.workloads, ...[...known.values()].map((each) => each.workload)];
    const cut = dualStacked(model.outsides);
    const outsides = model.outsides.map((outside) => this.#outside(outside, cut));
    return { ...model, workloads, outsides };
  }

  // Whose services are others than last time.
  #otherNamespaces(services: ReadonlyMap<string, Service[]>): (namespace: string) => boolean {
    const before = this.#services;
    this.#services = services;
    const other = new Map<string, boolean>();
    return (namespace) => {
      const isOther =
        other.get(namespace) ??
        !isSameList(before.get(namespace) ?? [], services.get(namespace) ?? []);
      other.set(namespace, isOther);
      return isOther;
    };
  }

  #pod(
    known: KnownPod | undefined,
    pod: PodFacts,
    node: NodeFacts | undefined,
    services: readonly Service[],
  ): KnownPod {
    const selecting = services.filter((each) => selects(each, pod));
    const made = podWorkload(pod, node, selecting);
    // A pod that becomes ready is the same workload.
    const workload = known && isDeepStrictEqual(known.workload, made) ? known.workload : made;
    return { pod, node, workload };
  }

  // By address, those on their node's network by name: their addresses are not theirs alone.
  #place(pods: ReadonlyMap<string, PodFacts>): void {
    const places = new Map<string, PodAt>();
    for (const [key, pod] of pods) {
      const workload = this.#known.get(key)?.workload;
      const before = this.#places.get(key);
      const isSame = before?.pod === pod && before.workload === workload;
      const at = before && isSame ? before : { pod, workload };
      places.set(key, at);
      if (!pod.isOnHostNetwork) for (const address of pod.addresses) places.set(address, at);
    }
    this.#places = places;
  }

  #outside(outside: Outside, cut: ReadonlySet<string>): Outside {
    const { service, addresses } = outside;
    if (outside.origin.ref.kind !== "EndpointSlice") return outside;
    const at = addresses.map(
      ({ address, name }) =>
        this.#places.get(address) ?? this.#places.get(`${service.namespace}/${name}`),
    );
    const isCut = cut.has(nameKey(service));
    const known = this.#outsides.get(outside);
    if (known?.isCut === isCut && areSameAt(known.at, at)) return known.joined;
    const joined = {
      ...outside,
      addresses: addresses.flatMap((address, i) => joinedAddress(address, at[i], isCut)),
    };
    this.#outsides.set(outside, { isCut, at, joined });
    return joined;
  }
}

// A pod with addresses of both families is one endpoint, not two.
function joinedAddress(
  address: OutsideAddress,
  at: PodAt | undefined,
  isCut: boolean,
): readonly OutsideAddress[] {
  if (!at) return [address];
  const { workload, pod } = at;
  const isSecond = isIPv6(address.address) && pod.addresses.some((other) => !isIPv6(other));
  if (isCut && isSecond) return [];
  const isLost = pod.isLost && !address.isReady;
  const lost = isLost ? { isLeaving: true as const } : {};
  return [{ ...address, ...lost, labels: pod.labels, ...(workload && { workload }) }];
}

// Readiness is the slice's to tell: what else the pod says counts.
function areSameAt(a: readonly (PodAt | undefined)[], b: readonly (PodAt | undefined)[]): boolean {
  return (
    a.length === b.length &&
    a.every((one, i) => {
      const other = b[i];
      if (one === other) return true;
      return one?.workload === other?.workload && isDeepStrictEqual(seen(one), seen(other));
    })
  );
}

function seen(at: PodAt | undefined): object | undefined {
  return at && { labels: at.pod.labels, addresses: at.pod.addresses };
}

// Services whose slices have addresses of both families.
function dualStacked(outsides: readonly Outside[]): ReadonlySet<string> {
  const families = new Map<string, Set<boolean>>();
  for (const { service, addresses } of outsides) {
    const [first] = addresses;
    if (!first) continue;
    const key = nameKey(service);
    const known = families.get(key) ?? new Set();
    families.set(key, known.add(isIPv6(first.address)));
  }
  return new Set([...families].filter(([, both]) => both.size === 2).map(([key]) => key));
}

function selects({ selector }: Service, { labels }: PodFacts): boolean {
  for (const [name, value] of selector) if (labels.get(name) !== value) return false;
  return true;
}
