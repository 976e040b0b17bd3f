// What a workload's own proxy needs to know about it.

import { mergeLimits } from "#base/merge-limits.ts";
import type { Service, Workload } from "#ir/model.ts";
import { nameKey } from "#ir/model.ts";
import type { InboundPlan, InboundPortPlan } from "#snapshot/plan.ts";
import type { Catalog } from "./catalog.ts";
import { compileAccessLog } from "./compile-access-log.ts";
import { compileMetrics } from "./compile-metrics.ts";
import { compileTracing } from "./compile-tracing.ts";
import { peerModeOf, peerRulesFor } from "./peer-mode.ts";
import { isNowhere, placeOfWorkload } from "./places.ts";
import { withHash } from "./plan-hash.ts";
import { targetPortOf } from "./select-endpoints.ts";
import { selects } from "./selects.ts";
import { telemetryRulesFor } from "./telemetry-rules.ts";
import { workloadPlan } from "./workload-plan.ts";

export function compileInbound(catalog: Catalog, workload: Workload): InboundPlan {
  // By name, as all are.
  const services = (catalog.servicesIn.get(workload.namespace) ?? []).filter((service) =>
    selects(service, workload),
  );
  const place = placeOfWorkload(workload, catalog.placeLabels);
  const takesPlaintext = peerModeOf(catalog, workload).mode !== "strict";
  const telemetry = telemetryRulesFor(catalog, workload, services);
  return withHash({
    kind: "inbound" as const,
    id: `inbound/${nameKey(workload)}`,
    workload: workloadPlan(workload),
    trustDomain: catalog.mesh.trustDomain,
    ...(isNowhere(place) ? {} : { place }),
    limits: mergeLimits(catalog.mesh.limits ?? [], workload.limits?.pairs ?? []),
    ports: [...declaredPorts(workload, services), ...ruledPorts(catalog, workload)].map((port) => ({
      ...port,
      ...ownPlaintext(catalog, workload, port.port, takesPlaintext),
    })),
    ...(catalog.mesh.onKubernetes && { takesAnyPort: true as const }),
    ...(takesPlaintext && { takesPlaintext: true as const }),
    ...compileTracing(catalog.mesh.tracing, telemetry, workload),
    ...compileAccessLog(catalog.mesh.accessLog, telemetry),
    ...compileMetrics(telemetry),
    ...(catalog.mesh.tap && { tap: catalog.mesh.tap }),
  });
}

function declaredPorts(workload: Workload, services: readonly Service[]): InboundPortPlan[] {
  return workload.ports.map((port) => {
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
  });
}

// Of ports that nobody else declares a rule may say something, where they are taken.
function ruledPorts(catalog: Catalog, workload: Workload): InboundPortPlan[] {
  const [rule] = catalog.mesh.onKubernetes ? peerRulesFor(catalog, workload) : [];
  const named = [...(rule?.ports.keys() ?? [])];
  return named
    .filter((port) => workload.ports.every((declared) => declared.port !== port))
    .map((port) => {
      return { port, name: "", protocol: "detect", service: "", serviceNamespace: "" };
    });
}

function ownPlaintext(
  catalog: Catalog,
  workload: Workload,
  port: number,
  ofWorkload: boolean,
): Pick<InboundPortPlan, "takesPlaintext"> {
  const takesPlaintext = peerModeOf(catalog, workload, port).mode !== "strict";
  return takesPlaintext === ofWorkload ? {} : { takesPlaintext };
}
