// A port whose protocol is not declared speaks what is declared at its other end: a Service's port
// what the workloads behind it declare, a workload's port what the Services before it do. Where
// those say nothing, or not the same, it stays undeclared.

import type { Model, Protocol, Service, ServicePort, Workload, WorkloadPort } from "#ir/model.ts";
import { nameKey } from "#ir/model.ts";
import { buildCatalog, type Catalog, selectWorkloads } from "./catalog.ts";
import { Derived } from "./derived.ts";
import { targetPortOf } from "./select-endpoints.ts";
import { selects } from "./selects.ts";
import { Watch } from "./watch.ts";

type Memory = {
  readonly catalog: Catalog;
  readonly services: Derived<Catalog, Service, Service>;
  readonly workloads: Derived<Catalog, Workload, Workload>;
};

const memories = new WeakMap<Model, Memory>();

// `before`: what this returned last, of which objects are kept that come out the same.
export function declareProtocols(model: Model, before?: Model): Model {
  if (!hasUndeclared(model.services) && !hasUndeclared(model.workloads)) return model;
  const last = before && memories.get(before);
  const catalog = buildCatalog(model, [], undefined, last?.catalog);
  const watch = new Watch(catalog, last?.catalog);
  const services = new Derived(watch, model.services, declareService, last?.services);
  const workloads = new Derived(watch, model.workloads, declareWorkload, last?.workloads);
  const declared: Model = { ...model, services: services.results, workloads: workloads.results };
  memories.set(declared, { catalog, services, workloads });
  return declared;
}

// A list that is asked about again and again is the same one, most often.
const answers = new WeakMap<readonly (Service | Workload)[], boolean>();

function hasUndeclared(objects: readonly (Service | Workload)[]): boolean {
  const answer = answers.get(objects) ?? objects.some(isUndeclared);
  answers.set(objects, answer);
  return answer;
}

function isUndeclared({ ports }: Service | Workload): boolean {
  return ports.some(({ protocol }) => protocol === "detect");
}

function declareService(sight: Catalog, service: Service, known: Service | undefined): Service {
  if (!isUndeclared(service)) return service;
  const outsides = sight.outsidesOf.get(nameKey(service)) ?? [];
  const workloads = selectWorkloads(sight, service.namespace, [...service.selector]);
  return withProtocols<ServicePort, Service>(service, known, (port) => [
    ...outsides.flatMap(
      ({ ports }) => ports.find(({ name }) => name === port.name)?.protocol ?? [],
    ),
    ...workloads.flatMap((workload) => targetPortOf(workload, port)?.protocol ?? []),
  ]);
}

function declareWorkload(
  sight: Catalog,
  workload: Workload,
  known: Workload | undefined,
): Workload {
  if (!isUndeclared(workload)) return workload;
  const services = (sight.servicesIn.get(workload.namespace) ?? []).filter((service) =>
    selects(service, workload),
  );
  return withProtocols<WorkloadPort, Workload>(workload, known, (port) =>
    services.flatMap(({ ports }) =>
      ports.filter((each) => targetPortOf(workload, each) === port).map(({ protocol }) => protocol),
    ),
  );
}

function withProtocols<
  Port extends { readonly protocol: Protocol },
  Ported extends { readonly ports: readonly Port[] },
>(object: Ported, known: Ported | undefined, saidOf: (port: Port) => readonly Protocol[]): Ported {
  const protocols = object.ports.map((port) =>
    port.protocol === "detect" ? agreed(saidOf(port)) : port.protocol,
  );
  for (const same of [object, known]) {
    if (same?.ports.every(({ protocol }, i) => protocol === protocols[i])) return same;
  }
  const ports = object.ports.map((port, i) => ({ ...port, protocol: protocols[i]! }));
  return { ...object, ports };
}

function agreed(protocols: readonly Protocol[]): Protocol {
  const [declared = "detect", ...more] = new Set(protocols.filter((said) => said !== "detect"));
  return more.length === 0 ? declared : "detect";
}
