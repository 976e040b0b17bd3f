// What the ports of services speak: as documents declare it, else as proxies have learned it.

import type { ServicePortStatus } from "#api/service-port-status.ts";
import type { LearnedPorts } from "#control/reports/learned-ports.ts";
import type { Diagnostic } from "#ir/diagnostic.ts";
import type { Service } from "#ir/model.ts";
import { nameKey } from "#ir/model.ts";
import type { Snapshot } from "#snapshot/snapshot.ts";

const SPOKEN = { http: "HTTP/1", http2: "HTTP/2", tls: "TLS", tcp: "plain TCP" } as const;

export class ServicePorts {
  readonly #snapshot: Snapshot;
  readonly #learned: LearnedPorts;

  constructor(snapshot: Snapshot, learned: LearnedPorts) {
    this.#snapshot = snapshot;
    this.#learned = learned;
  }

  of(service: Service): readonly ServicePortStatus[] {
    return service.ports.map(({ name, port, protocol: own }) => {
      // What workloads behind it declare counts for it.
      const plan = this.#snapshot.outbound.get(`${nameKey(service)}/${port}`);
      const protocol = plan?.protocol ?? own;
      if (protocol !== "detect") return { name, port, protocol, source: "declared" };
      const found = this.#learned.protocolOf(service.namespace, service.name, port);
      if (found === undefined) return { name, port, protocol: null, source: "unknown" };
      return { name, port, protocol: found, source: "detected" };
    });
  }

  // Detection costs each first connection, and no check of documents knows of it.
  diagnostics(services: readonly Service[]): readonly Diagnostic[] {
    return services.flatMap((service) =>
      this.of(service).flatMap(({ port, protocol, source }) =>
        source === "detected" ? [proposal(service, port, protocol!)] : [],
      ),
    );
  }
}

function proposal(service: Service, port: number, protocol: keyof typeof SPOKEN): Diagnostic {
  const { ref, position } = service.origin;
  const what = `Service ${nameKey(service)} port ${port} speaks ${SPOKEN[protocol]}`;
  return {
    severity: "info",
    code: "WEFT209",
    message: `${what}, as its callers' sidecars have found: no document declares it`,
    remedy: `Set appProtocol: ${protocol} on the port.`,
    ref,
    field: "spec.ports",
    position,
  };
}
