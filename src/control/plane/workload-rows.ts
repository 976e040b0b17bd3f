// Workloads and their proxies, for people.

import type { WorkloadRow } from "#api/workload-row.ts";
import { selects } from "#compile/selects.ts";
import type { SessionState } from "#control/distribution/session.ts";
import type { Service, Workload } from "#ir/model.ts";
import { nameKey } from "#ir/model.ts";
import type { Registration } from "#snapshot/registration.ts";

export type WorkloadSources = {
  readonly declared: readonly Workload[];
  readonly joined: readonly Workload[];
  readonly services: readonly Service[];
  readonly registrations: ReadonlyMap<string, Registration>;
  readonly sessions: ReadonlyMap<string, SessionState>;
  readonly certificates: ReadonlyMap<string, number>; // end of life, by workload
};

export function workloadRows(sources: WorkloadSources): readonly WorkloadRow[] {
  const servicesIn = Map.groupBy(sources.services, ({ namespace }) => namespace);
  const rowOf = (workload: Workload, source: WorkloadRow["source"]) =>
    row(workload, source, servicesIn.get(workload.namespace) ?? [], sources);
  return [
    ...sources.declared.map((workload) => rowOf(workload, "declared")),
    ...sources.joined.map((workload) => rowOf(workload, "joined")),
  ];
}

// `services`: those of its namespace.
function row(
  workload: Workload,
  source: WorkloadRow["source"],
  services: readonly Service[],
  { registrations, sessions, certificates }: WorkloadSources,
): WorkloadRow {
  const { namespace, serviceAccount, labels, controller } = workload;
  const name = controller ?? workload.name;
  const key = nameKey(workload);
  const registration = registrations.get(key);
  const session = sessions.get(key);
  // A pod is a workload by its proxy, whichever replica of the control plane that is connected to.
  const isMeshed =
    session !== undefined || (controller !== undefined && registration !== undefined);
  return {
    namespace,
    name,
    pod: controller === undefined ? null : workload.name,
    app: labels.get("app") ?? name,
    version: labels.get("version") ?? "",
    serviceAccount,
    services: services.filter((service) => selects(service, workload)).map(({ name }) => name),
    source,
    isMeshed,
    isReady: isMeshed && registration?.isReady === true,
    restarts: null,
    address: registration ? `${registration.address}:${registration.meshPort}` : null,
    metrics: session?.metrics ?? null,
    identity: registration?.identity ?? null,
    certificateExpiresAtMs: certificates.get(key) ?? null,
    proxyVersion: session?.version ?? null,
    revision: session?.revision ?? null,
  };
}
