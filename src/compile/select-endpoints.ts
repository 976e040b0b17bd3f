// From a service, a port and a subset to where requests can go now.

import type { TlsOrigination } from "#ir/destination-policy.ts";
import type {
  OutsideAddress,
  Service,
  ServicePort,
  Subset,
  Workload,
  WorkloadPort,
} from "#ir/model.ts";
import { nameKey } from "#ir/model.ts";
import type { EndpointPlan } from "#snapshot/plan.ts";
import type { Registration } from "#snapshot/registration.ts";
import type { Member, MemberState } from "#snapshot/snapshot.ts";
import { type Catalog, selectWorkloads } from "./catalog.ts";
import { compareKeys } from "./compare.ts";
import { identityOf } from "./identity-of.ts";
import { memberPeers } from "./member-peers.ts";
import { type Inspected, OutsideEndpoints } from "./outside-endpoints.ts";
import { workloadPlan } from "./workload-plan.ts";

export type Selection = {
  readonly endpoints: readonly EndpointPlan[];
  // Where each of them comes from.
  readonly sources: readonly (Workload | OutsideAddress)[];
  readonly members: readonly Member[];
};

export function selectEndpoints(
  catalog: Catalog,
  service: Service,
  port: ServicePort,
  subset: Subset | undefined,
  tls?: TlsOrigination,
): Selection {
  const joined = (service.joined ?? []).flatMap((other) => {
    const same = other.ports.find(({ name }) => name === port.name);
    return same ? foundOf(catalog, other, same, subset, tls) : [];
  });
  const found = [...foundOf(catalog, service, port, subset, tls), ...joined];
  return {
    endpoints: found.flatMap(({ endpoints }) => endpoints),
    sources: found.flatMap(({ endpoints, source }) => endpoints.map(() => source)),
    members: found.map(({ member }) => member),
  };
}

function foundOf(
  catalog: Catalog,
  service: Service,
  port: ServicePort,
  subset: Subset | undefined,
  tls: TlsOrigination | undefined,
): readonly Inspected[] {
  const labels = [...service.selector];
  if (areSlicesTrue(catalog, service)) {
    const sliced = new OutsideEndpoints(catalog, service, port, tls);
    const entries = subset ? [...labels, ...subset.labels] : labels;
    return [...sliced.listed(subset), ...(labels.length > 0 ? sliced.selected(entries) : [])];
  }
  // A subset narrows a service down; it can't make a service without selector select something.
  if (subset && labels.length > 0) labels.push(...subset.labels);
  const selected = selectWorkloads(catalog, service.namespace, labels);
  const found = selected.map((workload) => inspect(catalog, workload, service, port));
  const outside = new OutsideEndpoints(catalog, service, port, tls);
  // A service that selects has no others: nothing may slip in beside what it selects.
  const others = labels.length === 0 ? outside.listed(subset) : outside.selected(labels);
  return [...found, ...others];
}

// In a cluster whoever makes EndpointSlices has looked at selectors, probes and pods already.
export function areSlicesTrue({ mesh }: Pick<Catalog, "mesh">, { host }: Service): boolean {
  return mesh.onKubernetes === true && host === undefined;
}

// The workload's port that a service's targetPort means.
export function targetPortOf(workload: Workload, { targetPort }: ServicePort) {
  return workload.ports.find(({ name, port }) => targetPort === port || targetPort === name);
}

function inspect(
  catalog: Catalog,
  workload: Workload,
  { takesUnready }: Service,
  servicePort: ServicePort,
): Inspected {
  const plan = workloadPlan(workload);
  const port = targetPortOf(workload, servicePort);
  const identity = identityOf(catalog, workload);
  const registrations = catalog.registrationsOf.get(nameKey(workload)) ?? [];
  const ready = registrations
    .filter(({ isReady }) => isReady || takesUnready)
    .filter((registration) => registration.identity === identity)
    .sort((a, b) => compareKeys([a.address, a.meshPort], [b.address, b.meshPort]));
  const state = stateOf(registrations, port, identity);
  const member = { workload: plan, state, ...memberPeers(catalog, workload, port?.port) };
  const isAsked = state === "ready" || (state === "not-ready" && takesUnready);
  if (!port || !isAsked) return { source: workload, endpoints: [], member };
  const endpoints = ready.map(
    ({ address, meshPort }): EndpointPlan => ({
      workload: plan,
      port: port.port,
      speaks: "weft",
      address,
      meshPort,
      identity,
    }),
  );
  return { source: workload, endpoints, member };
}

function stateOf(
  registrations: readonly Registration[],
  port: WorkloadPort | undefined,
  identity: string,
): MemberState {
  if (!port) return "port-missing";
  if (registrations.length === 0) return "not-joined";
  // Its certificate would be refused by everybody who dials it, so it is no endpoint.
  const own = registrations.filter((registration) => registration.identity === identity);
  if (own.length === 0) return "identity-differs";
  return own.some(({ isReady }) => isReady) ? "ready" : "not-ready";
}
