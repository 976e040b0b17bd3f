// A port whose protocol is not declared speaks what is declared at its other end: a Service's port
// what the workloads behind it declare, a workload's port what the Services before it do. Where
// those say nothing, or not the same, it stays undeclared.

import type { Model, Protocol, Service, ServicePort, Workload, WorkloadPort } from "#ir/model.ts";
import { nameKey } from "#ir/model.ts";
import { buildCatalog, selectWorkloads } from "./catalog.ts";
import { targetPortOf } from "./select-endpoints.ts";

export function declareProtocols(model: Model): Model {
  if (!hasUndeclared(model.services) && !hasUndeclared(model.workloads)) return model;
  const catalog = buildCatalog(model, []);
  const before = new Map<WorkloadPort, Protocol[]>();
  const behind = new Map<ServicePort, Protocol[]>();
  for (const service of model.services) {
    for (const { ports } of catalog.outsidesOf.get(nameKey(service)) ?? []) {
      for (const port of service.ports) {
        const said = ports.find(({ name }) => name === port.name)?.protocol;
        if (said) listOf(behind, port).push(said);
      }
    }
    for (const workload of selectWorkloads(catalog, service.namespace, [...service.selector])) {
      for (const port of service.ports) {
        const target = targetPortOf(workload, port);
        if (!target) continue;
        listOf(before, target).push(port.protocol);
        listOf(behind, port).push(target.protocol);
      }
    }
  }
  return {
    ...model,
    services: model.services.map((service) => withProtocols(service, behind)),
    workloads: model.workloads.map((workload) => withProtocols(workload, before)),
  };
}

function hasUndeclared(objects: readonly (Service | Workload)[]): boolean {
  return objects.some(({ ports }) => ports.some(({ protocol }) => protocol === "detect"));
}

function withProtocols<
  Port extends { readonly protocol: Protocol },
  Ported extends { readonly ports: readonly Port[] },
>(object: Ported, others: ReadonlyMap<Port, readonly Protocol[]>): Ported {
  const ports = object.ports.map((port) =>
    port.protocol === "detect" ? { ...port, protocol: agreed(others.get(port) ?? []) } : port,
  );
  return { ...object, ports };
}

function agreed(protocols: readonly Protocol[]): Protocol {
  const [declared = "detect", ...more] = new Set(protocols.filter((said) => said !== "detect"));
  return more.length === 0 ? declared : "detect";
}

function listOf<Key>(lists: Map<Key, Protocol[]>, key: Key): Protocol[] {
  const known = lists.get(key);
  if (known) return known;
  const made: Protocol[] = [];
  lists.set(key, made);
  return made;
}
