// Pods by their addresses, for callers that dial those: as clients of headless services do, and
// whoever asks the API server.

import type { Service, ServicePort, Workload } from "#ir/model.ts";
import { nameKey } from "#ir/model.ts";
import type { DirectTarget, HeadlessPort } from "#snapshot/direct-target.ts";
import type { Catalog } from "./catalog.ts";
import { identityOf } from "./identity-of.ts";
import { workloadPlan } from "./workload-plan.ts";

type Remembered = { readonly of: string; readonly target: DirectTarget };

const MESH_PORT = 15_008;

// What has not changed stays the same object, so that two snapshots are compared at a glance.
const remembered = new WeakMap<Workload, Remembered>();

export function directTargets(catalog: Catalog): ReadonlyMap<string, DirectTarget> {
  const targets = new Map<string, DirectTarget>();
  if (!catalog.mesh.onKubernetes) return targets;
  const headless = headlessPorts(catalog);
  for (const workload of catalog.workloads) {
    if (!workload.addresses) continue;
    const target = targetOf(catalog, workload, headless.get(workload) ?? []);
    for (const address of workload.addresses) targets.set(address, target);
  }
  return targets;
}

function targetOf(
  catalog: Catalog,
  workload: Workload,
  headless: readonly HeadlessPort[],
): DirectTarget {
  const identity = identityOf(catalog, workload);
  const of = `${identity} ${JSON.stringify(headless)}`;
  const known = remembered.get(workload);
  if (known?.of === of) return known.target;
  const ports = workload.ports.map(({ port, protocol }) => ({ port, protocol }));
  const plan = workloadPlan(workload);
  const target = { workload: plan, identity, meshPort: MESH_PORT, ports, headless };
  remembered.set(workload, { of, target });
  return target;
}

function headlessPorts(catalog: Catalog): ReadonlyMap<Workload, HeadlessPort[]> {
  const found = new Map<Workload, HeadlessPort[]>();
  for (const service of catalog.services) {
    if (!service.isHeadless || service.host !== undefined) continue;
    for (const { addresses, ports } of catalog.outsidesOf.get(nameKey(service)) ?? []) {
      const targets = service.ports.flatMap((port) => targetIn(ports, port));
      for (const { workload, name } of addresses) {
        if (!workload) continue;
        const own = targets.map((target) => headlessPort(service, target, name));
        found.set(workload, [...(found.get(workload) ?? []), ...own]);
      }
    }
  }
  return found;
}

type Target = { readonly port: number; readonly targetPort: number };

function targetIn(
  ports: readonly { readonly name: string; readonly port: number }[],
  { name, port }: ServicePort,
): readonly Target[] {
  const own = ports.find((candidate) => candidate.name === name);
  return own ? [{ port, targetPort: own.port }] : [];
}

function headlessPort({ namespace, name }: Service, target: Target, part: string): HeadlessPort {
  return { namespace, name, ...target, part };
}
