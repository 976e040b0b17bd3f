// Which line of a chart a series belongs to. Sides as in Reports: workloads and namespaces by what
// their own proxies saw, everything else by what callers saw.

import type { HistoryQuery, HistorySubject } from "#api/history.ts";
import { splitRoute } from "#control/reports/split-route.ts";
import type { SeriesKey } from "#snapshot/report.ts";
import type { ProxyOfPast } from "./history-names.ts";

// Undefined: to none of those asked for.
export function subjectOf(key: SeriesKey, query: HistoryQuery): HistorySubject | undefined {
  const { namespace, name } = query;
  const isIn = (itsNamespace: string, ...itsNames: readonly string[]) =>
    (namespace === undefined || itsNamespace === namespace) &&
    (name === undefined || itsNames.includes(name));
  const isSource = key.reporter === "source";
  const { destinationNamespace, destinationWorkload } = key;
  const service = {
    namespace: key.destinationServiceNamespace,
    name: key.destinationService,
    port: key.destinationPort,
  };
  switch (query.kind) {
    case "mesh":
      return isSource ? { kind: "mesh" } : undefined;
    case "namespace":
    case "workload":
      if (isSource) return undefined;
      return workloadSubject(
        { namespace: destinationNamespace, workload: destinationWorkload },
        query,
      );
    case "service":
      if (!isSource || service.name === "" || !isIn(service.namespace, service.name)) {
        return undefined;
      }
      return { kind: "service", namespace: service.namespace, name: service.name };
    case "route":
      if (!isSource || service.name === "") return undefined;
      if (!isIn(service.namespace, service.name, key.sourceWorkload)) return undefined;
      return { kind: "route", service, ...splitRoute(key.route), backend: key.backend };
    case "edge": {
      if (!isSource || destinationWorkload === "") return undefined;
      const isWanted =
        isIn(key.sourceNamespace, key.sourceWorkload) ||
        isIn(destinationNamespace, destinationWorkload, service.name);
      return isWanted ? edgeSubject(key) : undefined;
    }
  }
}

// To whose line a proxy's own use of the machine belongs.
export function workloadSubject(
  { namespace, workload }: ProxyOfPast,
  query: HistoryQuery,
): HistorySubject | undefined {
  if (query.kind === "mesh") return { kind: "mesh" };
  if (query.namespace !== undefined && query.namespace !== namespace) return undefined;
  if (query.kind === "namespace") {
    const isWanted = query.name === undefined || query.name === namespace;
    return isWanted ? { kind: "namespace", namespace } : undefined;
  }
  if (query.kind !== "workload" || (query.name !== undefined && query.name !== workload)) {
    return undefined;
  }
  return { kind: "workload", namespace, name: workload };
}

function edgeSubject(key: SeriesKey): HistorySubject {
  const source = {
    namespace: key.sourceNamespace,
    workload: key.sourceWorkload,
    identity: key.sourceIdentity,
  };
  const destination = {
    namespace: key.destinationNamespace,
    workload: key.destinationWorkload,
    identity: key.destinationIdentity,
  };
  return { kind: "edge", source, destination };
}
