// What workloads say they dial, against the services that there are. (Routes, backends and
// selectors are checked where they are put together, in compile.)

import type { Diagnostic } from "#ir/diagnostic.ts";
import { matchesHost } from "#ir/host-name.ts";
import {
  type Dependency,
  type Model,
  nameKey,
  type Service,
  type ServiceRef,
  type Workload,
} from "#ir/model.ts";
import { nearestName } from "#ir/nearest-name.ts";
import { refText } from "#ir/origin.ts";

export function checkDependencies(model: Model): readonly Diagnostic[] {
  // Few have any in a cluster, of thousands.
  const dependents = model.workloads.filter(({ dependencies }) => dependencies.length > 0);
  return dependents.flatMap((workload) =>
    workload.dependencies.flatMap((dependency) => {
      const problem = problemOf(workload, dependency, model);
      return problem ? [problem] : [];
    }),
  );
}

function problemOf(
  workload: Workload,
  dependency: Dependency,
  { services, mesh }: Model,
): Diagnostic | undefined {
  const ref = dependency.service;
  const key = ref.name.includes(".") ? ref.name : nameKey(ref);
  const title = ref.name.includes(".") ? `host ${key}` : `Service ${key}`;
  const { namespace } = workload.origin.ref;
  const service = serviceMeant(services.filter(isExportedTo(namespace)), ref);
  if (!service && serviceMeant(services, ref)) {
    const message = `depends on ${title}, which is not exported to namespace ${namespace}`;
    return finding(workload, "WEFT201", message, `Add "${namespace}" to its exportTo.`);
  }
  if (!service) {
    if (mesh.allowsUnknown && ref.host !== undefined) return undefined;
    const near = nearestName(key, services.map(nameKey));
    const remedy = near === undefined ? "Declare the Service." : `Did you mean ${near}?`;
    return finding(workload, "WEFT201", `depends on ${title}, which does not exist`, remedy);
  }
  // Its ports are those of what it leads to.
  if (service.aliasOf !== undefined && service.ports.length === 0) return undefined;
  const found = service.ports.find(({ port }) => port === dependency.port);
  // Bytes can be carried to whatever speaks.
  if (found && (found.protocol !== "tcp" || dependency.protocol === "tcp")) return undefined;
  if (found) {
    const message = `dials port ${found.port} of ${title} over HTTP; it carries plain TCP`;
    return finding(workload, "WEFT208", message, 'Write "protocol: tcp" in the dependency.');
  }
  const ports = service.ports.map(({ port }) => port).join(", ");
  const remedy = ports === "" ? "Declare the port in the Service." : `It has ${ports}.`;
  const message = `depends on port ${dependency.port} of ${title}, which it does not have`;
  return finding(workload, "WEFT202", message, remedy);
}

function isExportedTo(namespace: string): (service: Service) => boolean {
  return ({ exportTo }) => exportTo === undefined || exportTo.includes(namespace);
}

function serviceMeant(services: readonly Service[], ref: ServiceRef): Service | undefined {
  const { host } = ref;
  return (
    services.find((service) => service.host !== undefined && service.host === host) ??
    services.find((service) => nameKey(service) === nameKey(ref)) ??
    services.find(({ host: own }) => own?.startsWith("*") && matchesHost(own, host ?? ""))
  );
}

function finding(
  { origin }: Workload,
  code: "WEFT201" | "WEFT202" | "WEFT208",
  what: string,
  remedy: string,
): Diagnostic {
  const { ref, position } = origin;
  const message = `${refText(ref)} ${what}`;
  return {
    severity: "error",
    code,
    message,
    remedy,
    ref,
    field: "spec.dependencies",
    position,
  };
}
