// What the supervisor has to run, from what documents declare.

import { resolve } from "node:path";
import { formatSpiffeId } from "#identity/spiffe-id.ts";
import type { Model, Workload } from "#ir/model.ts";
import { positionText } from "#ir/origin.ts";

// As #main/bootstrap.ts has it.
export function workloadOrder(workload: Workload, { mesh }: Model, documents: string) {
  const { namespace, name, serviceAccount, command, readiness } = workload;
  return {
    namespace,
    name,
    identity: formatSpiffeId({ trustDomain: mesh.trustDomain, namespace, serviceAccount }),
    serviceAccount,
    declaredAt: workload.origin.position ? positionText(workload.origin.position) : "",
    command,
    workingFolder: resolve(documents, workload.workingFolder ?? "."),
    environment: [...workload.environment],
    ports: workload.ports,
    dependencies: workload.dependencies.map(({ service, port, protocol }) => ({
      // A host lies in none.
      namespace: service.name.includes(".") ? "" : service.namespace,
      service: service.name,
      port,
      protocol,
    })),
    readiness,
  };
}
