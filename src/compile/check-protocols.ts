// Ports of which a service says one thing and a workload behind it another, so that requests fail.
// (Bytes can be carried to whatever speaks; and HTTP/1 is turned into HTTP/2 on the way.)

import type { Diagnostic } from "#ir/diagnostic.ts";
import type { Protocol, Service, ServicePort, Workload } from "#ir/model.ts";
import { nameKey } from "#ir/model.ts";
import { type Catalog, selectWorkloads } from "./catalog.ts";
import { diagnose } from "./diagnose.ts";
import { targetPortOf } from "./select-endpoints.ts";

const SPOKEN = {
  http: "HTTP/1",
  http2: "HTTP/2",
  tcp: "plain TCP",
  detect: "whatever is detected",
} as const satisfies Record<Protocol, string>;

export function checkProtocols(catalog: Catalog, service: Service): Diagnostic[] {
  const workloads = selectWorkloads(catalog, service.namespace, [...service.selector]);
  return service.ports.flatMap((port) => {
    const found = workloads.find((workload) => fails(port, workload));
    return found ? [disagreement(service, port, found)] : [];
  });
}

function fails(port: ServicePort, workload: Workload): boolean {
  const behind = targetPortOf(workload, port)?.protocol;
  if (behind === "tcp") return port.protocol !== "tcp";
  return behind === "http" && port.protocol === "http2";
}

function disagreement(service: Service, port: ServicePort, workload: Workload): Diagnostic {
  const { name, protocol } = targetPortOf(workload, port)!;
  const says = `Service ${nameKey(service)} port ${port.port} carries ${SPOKEN[port.protocol]}`;
  const other = `port "${name}" of Workload ${nameKey(workload)} speaks ${SPOKEN[protocol]}`;
  return diagnose({
    code: "WEFT208",
    severity: "warning",
    message: `${says}, but ${other}`,
    remedy: "Say the same in the Service's appProtocol and in the workload's spec.ports.",
    origin: service.origin,
  });
}
