// What a workload's own proxy needs to know about it.

import { mergeLimits } from "#base/merge-limits.ts";
import type { Workload } from "#ir/model.ts";
import { nameKey } from "#ir/model.ts";
import type { InboundPlan, InboundPortPlan } from "#snapshot/plan.ts";
import type { Catalog } from "./catalog.ts";
import { isNowhere, placeOfWorkload } from "./places.ts";
import { withHash } from "./plan-hash.ts";
import { targetPortOf } from "./select-endpoints.ts";
import { selects } from "./selects.ts";
import { workloadPlan } from "./workload-plan.ts";

export function compileInbound(catalog: Catalog, workload: Workload): InboundPlan {
  // By name, as all are.
  const services = (catalog.servicesIn.get(workload.namespace) ?? []).filter((service) =>
    selects(service, workload),
  );
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
