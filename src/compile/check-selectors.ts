// Services and subsets that nothing answers for.

import type { Diagnostic } from "#ir/diagnostic.ts";
import type { Labels } from "#ir/document.ts";
import type { Name, Outside, Service, SubsetRule } from "#ir/model.ts";
import { nameKey } from "#ir/model.ts";
import type { Origin } from "#ir/origin.ts";
import { refText } from "#ir/origin.ts";
import { aliasTarget, ruledElsewhere } from "./alias-target.ts";
import { type Catalog, selectEntries, selectWorkloads } from "./catalog.ts";
import { diagnose } from "./diagnose.ts";
import { findServices } from "./find-service.ts";
import { areSlicesTrue, targetPortOf } from "./select-endpoints.ts";
import { serviceText } from "./service-text.ts";

export function checkService(catalog: Catalog, service: Service): Diagnostic[] {
  const { selector, origin, namespace, joined } = service;
  // Their endpoints count for it. In a cluster a service may well have none now.
  if (joined || areSlicesTrue(catalog, service)) return [];
  const title = serviceText(service);
  if (selector.size === 0) return checkOutsideOf(catalog, service);
  // An entry has the ports that it is asked for.
  if (selectEntries(catalog, namespace, [...selector]).length > 0) return [];
  const workloads = selectWorkloads(catalog, namespace, [...selector]);
  if (workloads.length === 0) {
    const labels = [...selector].map(([name, value]) => `${name}=${value}`).join(", ");
    const remedy = `Give a workload in namespace ${namespace} these labels.`;
    return [selectsNothing(`${title} selects no workload with ${labels}`, remedy, origin)];
  }
  return service.ports
    .filter((port) => !workloads.some((workload) => targetPortOf(workload, port)))
    .map(({ port, targetPort }) => {
      const what = `${title} port ${port}: no workload that it selects declares port ${targetPort}`;
      return selectsNothing(what, "Set targetPort to a port's number or name there.", origin);
    });
}

function checkOutsideOf(catalog: Catalog, service: Service): Diagnostic[] {
  const { outsidesOf } = catalog;
  const { origin } = service;
  // A ServiceEntry says itself where its hosts are.
  if (service.host !== undefined) return [];
  if (service.aliasOf !== undefined) return checkAlias(catalog, service);
  const title = `Service ${nameKey(service)}`;
  const outsides = outsidesOf.get(nameKey(service)) ?? [];
  if (outsides.length === 0) {
    const what = `${title} has no selector and no EndpointSlice`;
    return [selectsNothing(what, "Give it spec.selector, or addresses.", origin)];
  }
  return service.ports
    .filter((port) => !outsides.some(({ ports }) => ports.some(({ name }) => name === port.name)))
    .map(({ port, name }) => {
      const what = `${title} port ${port}: no EndpointSlice of it has a port named "${name}"`;
      return selectsNothing(what, "Name the ports of both alike.", origin);
    });
}

function checkAlias({ hostOf }: Catalog, { aliasOf = "", ports, origin }: Service): Diagnostic[] {
  if (ports.length > 0 || hostOf.has(aliasOf)) return [];
  const what = `${refText(origin.ref)} leads to ${aliasOf}, outside the mesh, and has no port`;
  return [selectsNothing(what, "List the ports that callers dial.", origin)];
}

export function checkOutside(catalog: Catalog, { service: name, origin }: Outside): Diagnostic[] {
  const service = catalog.serviceOf.get(nameKey(name));
  if (catalog.mesh.onKubernetes || service?.selector.size === 0) return [];
  if (joinsAnother(catalog, name)) return [];
  const title = `Service ${nameKey(name)}`;
  const why = service ? "selects workloads itself" : "does not exist";
  const message = `${refText(origin.ref)} has no effect: ${title} ${why}`;
  const remedy = service ? "Remove one of the two." : "Declare the service, or name another one.";
  const code = service ? "WEFT206" : "WEFT201";
  return [diagnose({ code, severity: "warning", message, remedy, origin })];
}

function joinsAnother({ joinedBy }: Catalog, name: Name): boolean {
  return joinedBy.has(nameKey(name));
}

export function checkSubsets(catalog: Catalog, rule: SubsetRule): Diagnostic[] {
  const { origin, subsets } = rule;
  const found = findServices(catalog, rule.service, origin);
  if (found.length === 0) {
    const what = `${serviceText(rule.service)} does not exist`;
    const message = `${refText(origin.ref)} has no effect: ${what}`;
    const remedy = "Declare the service, or name another one.";
    return [diagnose({ code: "WEFT201", severity: "warning", message, remedy, origin })];
  }
  const [{ service }] = found as [(typeof found)[number]];
  if (found.length === 1 && aliasTarget(catalog, service) !== service) {
    return [ruledElsewhere(catalog, service, origin)];
  }
  // A pattern's subsets need not fit all of its services; of those without selector it was said.
  if (found.length > 1 || service.selector.size === 0) return [];
  return subsets
    .filter(({ labels }) => {
      const all = [...service.selector, ...labels];
      const { namespace } = service;
      if (areSlicesTrue(catalog, service) && isListed(catalog, service, labels)) return false;
      const count = selectWorkloads(catalog, namespace, all).length;
      return count + selectEntries(catalog, namespace, all).length === 0;
    })
    .map(({ name }) => {
      const what = `Subset "${name}" of ${serviceText(service)} selects no workload`;
      return selectsNothing(what, "Correct the subset's labels, or add such a workload.", origin);
    });
}

function isListed({ outsidesOf }: Catalog, service: Service, wanted: Labels): boolean {
  return (outsidesOf.get(nameKey(service)) ?? []).some(({ addresses }) =>
    addresses.some(({ labels }) => [...wanted].every(([key, value]) => labels?.get(key) === value)),
  );
}

function selectsNothing(message: string, remedy: string, origin: Origin): Diagnostic {
  return diagnose({ code: "WEFT206", severity: "warning", message, remedy, origin });
}
