// What a workload's own proxy needs to know about it.

import { mergeLimits } from "#base/merge-limits.ts";
import type { Service, Workload } from "#ir/model.ts";
import { nameKey } from "#ir/model.ts";
import type { InboundPlan, InboundPortPlan } from "#snapshot/plan.ts";
import { type Catalog, selectWorkloads } from "./catalog.ts";
import { isNowhere, placeOfWorkload } from "./places.ts";
import { withHash } from "./plan-hash.ts";
import { targetPortOf } from "./select-endpoints.ts";
import { workloadPlan } from "./workload-plan.ts";

// By nameKey of the workload.
export function compileInbound(catalog: Catalog): Map<string, InboundPlan> {
  const servicesOf = new Map<string, Service[]>();
  for (const service of catalog.services) {
    for (const workload of selectWorkloads(catalog, service.namespace, [...service.selector])) {
      const services = servicesOf.get(nameKey(workload));
      if (services) services.push(service);
      else servicesOf.set(nameKey(workload), [service]);
    }
  }
  return new Map(
    catalog.workloads.map((workload) => {
      const key = nameKey(workload);
      return [key, inboundPlan(catalog, workload, servicesOf.get(key) ?? [])];
    }),
  );
}

function inboundPlan(
  catalog: Catalog,
  workload: Workload,
  services: readonly Service[],
): InboundPlan {
  const place = placeOfWorkload(workload, catalog.placeLabels);
  return withHash({
    kind: "inbound" as const,
    id: `inbound/${nameKey(workload)}`,
    workload: workloadPlan(workload),
    trustDomain: catalog.mesh.trustDomain,
    ...(isNowhere(place) ? {} : { place }),
    limits: mergeLimits(catalog.mesh.limits ?? [], workload.limits?.pairs ?? []),
    ports: workload.ports.map((port): InboundPortPlan => {
      const service = services.find((candidate) =>
        candidate.ports.some((servicePort) => targetPortOf(workload, servicePort) === port),
      );
      return {
        port: port.port,
        name: port.name,
        protocol: port.protocol,
        service: service?.name ?? "",
        serviceNamespace: service?.namespace ?? "",
      };
    }),
    ...(catalog.mesh.onKubernetes && {
      takesAnyPort: true as const,
      takesPlaintext: true as const,
    }),
  });
}
