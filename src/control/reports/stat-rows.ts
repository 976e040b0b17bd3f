// Golden metrics of workloads, services and namespaces.

import type { StatQuery, StatRow } from "#api/stat-row.ts";
import type { WorkloadRow } from "#api/workload-row.ts";
import type { SeriesKey } from "#snapshot/report.ts";
import { GoldenSum } from "./golden-sum.ts";
import { isBetween } from "./is-between.ts";
import { groupKey, groupTraffic, knownKey, type Traffic } from "./traffic.ts";

type Resource = {
  readonly namespace: string;
  readonly name: string;
  readonly workloads: WorkloadRow[];
};

export function statRows(
  query: StatQuery,
  workloads: readonly WorkloadRow[],
  traffic: Traffic,
): StatRow[] {
  const resources = resourcesOf(query, workloads);
  const groups = groupTraffic(traffic, query.windowMs, ({ key }) => resourceKey(key, query));
  const processes = sumProcesses(traffic, query.windowMs);
  return [...resources]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, { namespace, name, workloads: behind }]) => ({
      kind: query.kind,
      namespace,
      name,
      meshed: behind.filter(({ isMeshed }) => isMeshed).length,
      workloads: behind.length,
      ...(groups.get(key)?.sum ?? new GoldenSum()).metrics(query.windowMs),
      ...processSum(behind, processes),
    }));
}

function resourcesOf(
  query: StatQuery,
  workloads: readonly WorkloadRow[],
): ReadonlyMap<string, Resource> {
  const resources = new Map<string, Resource>();
  for (const workload of workloads) {
    const { namespace } = workload;
    if (query.namespace !== undefined && query.namespace !== namespace) continue;
    for (const name of namesOf(query, workload)) {
      if (query.name !== undefined && query.name !== name) continue;
      const key = groupKey(namespace, name);
      const known = resources.get(key);
      if (known) known.workloads.push(workload);
      else resources.set(key, { namespace, name, workloads: [workload] });
    }
  }
  return resources;
}

function namesOf({ kind }: StatQuery, workload: WorkloadRow): readonly string[] {
  switch (kind) {
    case "workload":
      return [workload.name];
    case "service":
      return workload.services;
    case "namespace":
      return [workload.namespace];
  }
}

function resourceKey(key: SeriesKey, query: StatQuery): string | undefined {
  const { kind, source, destination } = query;
  if (source || destination) {
    if (key.reporter !== "source" || !isBetween(key, query)) return undefined;
    return source ? destinationKey(key, kind) : sourceKey(key, kind);
  }
  if (kind === "service") {
    if (key.reporter !== "source") return undefined;
    return groupKey(key.destinationServiceNamespace, key.destinationService);
  }
  return key.reporter === "destination" ? destinationKey(key, kind) : undefined;
}

const destinationWorkloadKey = knownKey((key) =>
  groupKey(key.destinationNamespace, key.destinationWorkload),
);

function destinationKey(key: SeriesKey, kind: StatQuery["kind"]): string {
  const { destinationNamespace } = key;
  switch (kind) {
    case "service":
      return groupKey(key.destinationServiceNamespace, key.destinationService);
    case "namespace":
      return groupKey(destinationNamespace, destinationNamespace);
    case "workload":
      return destinationWorkloadKey(key);
  }
}

// A service sends nothing: its workloads do.
function sourceKey({ sourceNamespace, sourceWorkload }: SeriesKey, kind: StatQuery["kind"]) {
  if (kind === "service") return undefined;
  return groupKey(sourceNamespace, kind === "namespace" ? sourceNamespace : sourceWorkload);
}

type ProcessSum = { cpuMsPerSecond: number; memoryBytes: number; connectionsOpen: number };

// By workload.
function sumProcesses(traffic: Traffic, windowMs: number): ReadonlyMap<string, ProcessSum> {
  const sums = new Map<string, ProcessSum>();
  const sumOf = ({ namespace, workload }: { namespace: string; workload: string }) => {
    const key = groupKey(namespace, workload);
    const sum = sums.get(key) ?? { cpuMsPerSecond: 0, memoryBytes: 0, connectionsOpen: 0 };
    sums.set(key, sum);
    return sum;
  };
  traffic.visit(windowMs, ({ proxy, cpuMs }, share) => {
    sumOf(proxy).cpuMsPerSecond += (cpuMs * share * 1000) / windowMs;
  });
  traffic.visitLatest(({ proxy, memoryBytes, connectionsOpen }) => {
    const sum = sumOf(proxy);
    sum.memoryBytes += memoryBytes;
    sum.connectionsOpen += connectionsOpen;
  });
  return sums;
}

function processSum(
  behind: readonly WorkloadRow[],
  processes: ReadonlyMap<string, ProcessSum>,
): ProcessSum {
  const total = { cpuMsPerSecond: 0, memoryBytes: 0, connectionsOpen: 0 };
  for (const { namespace, name, pod } of behind) {
    const sum = processes.get(groupKey(namespace, pod ?? name));
    total.cpuMsPerSecond += sum?.cpuMsPerSecond ?? 0;
    total.memoryBytes += sum?.memoryBytes ?? 0;
    total.connectionsOpen += sum?.connectionsOpen ?? 0;
  }
  return total;
}
