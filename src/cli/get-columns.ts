// The columns of `weft get`.

import type { HostStatus } from "#api/host-status.ts";
import { changeText, type MeshChange } from "#api/mesh-change.ts";
import type { ObjectStatus } from "#api/object-status.ts";
import type { RouteCondition } from "#api/route-parent-status.ts";
import type { ServicePortStatus } from "#api/service-port-status.ts";
import type { WorkloadRow } from "#api/workload-row.ts";
import type { Diagnostic, Severity } from "#ir/diagnostic.ts";
import { positionText, refText } from "#ir/origin.ts";
import type { Printing } from "./print-rows.ts";

type Columns<Row> = Omit<Printing<Row>, "format">;

export const OBJECT_COLUMNS: Columns<ObjectStatus> = {
  columns: [
    { title: "KIND", text: ({ kind }) => kind },
    { title: "NAMESPACE", text: ({ namespace }) => namespace },
    { title: "NAME", text: ({ name }) => name },
    { title: "STATUS", text: ({ state }) => state },
    { title: "DIAGNOSTICS", text: (row) => countText(row.diagnostics) },
  ],
  wideColumns: [
    { title: "GROUP", text: ({ group }) => group },
    { title: "DECLARED_AT", text: ({ position }) => (position ? positionText(position) : "") },
  ],
  emptyText: "No such object in the documents",
};

export const CHANGE_COLUMNS: Columns<MeshChange> = {
  columns: [
    { title: "AT", text: ({ atMs }) => new Date(atMs).toISOString() },
    { title: "CHANGED", text: changeText },
  ],
  wideColumns: [],
  emptyText: "Nothing has changed since the control plane started",
};

export const SERVICE_COLUMNS: Columns<ObjectStatus> = {
  ...OBJECT_COLUMNS,
  columns: [
    ...OBJECT_COLUMNS.columns,
    { title: "PORTS", text: ({ ports = [] }) => ports.map(portText).join(", ") },
  ],
};

export const ENTRY_COLUMNS: Columns<ObjectStatus> = {
  ...OBJECT_COLUMNS,
  columns: [
    ...OBJECT_COLUMNS.columns,
    { title: "HOSTS", text: ({ hosts = [] }) => hosts.map(hostText).join(", ") },
  ],
};

// What of a route's parents isn't as it should be.
export const ROUTE_COLUMNS: Columns<ObjectStatus> = {
  ...OBJECT_COLUMNS,
  columns: [
    ...OBJECT_COLUMNS.columns,
    { title: "ACCEPTED", text: (row) => conditionText(row, "Accepted") },
    { title: "RESOLVED_REFS", text: (row) => conditionText(row, "ResolvedRefs") },
  ],
};

export const WORKLOAD_COLUMNS: Columns<WorkloadRow> = {
  columns: [
    { title: "NAMESPACE", text: ({ namespace }) => namespace },
    { title: "NAME", text: ({ name }) => name },
    { title: "MESHED", text: ({ isMeshed }) => yesOrNo(isMeshed) },
    { title: "READY", text: ({ isReady }) => yesOrNo(isReady) },
    { title: "RESTARTS", text: ({ restarts }) => (restarts === null ? "" : String(restarts)) },
    { title: "ADDRESS", text: ({ address }) => address ?? "" },
    { title: "SERVICES", text: ({ services }) => services.join(",") },
  ],
  wideColumns: [
    { title: "POD", text: ({ pod }) => pod ?? "" },
    { title: "IDENTITY", text: ({ identity }) => identity ?? "" },
    { title: "CERTIFICATE_UNTIL", text: (row) => timeText(row.certificateExpiresAtMs) },
    { title: "METRICS", text: ({ metrics }) => metrics ?? "" },
    { title: "PROXY", text: ({ proxyVersion }) => proxyVersion ?? "" },
    { title: "REVISION", text: ({ revision }) => (revision === null ? "" : String(revision)) },
  ],
  emptyText: "No such workload in the mesh",
};

export const DIAGNOSTIC_COLUMNS: Columns<Diagnostic> = {
  columns: [
    { title: "SEVERITY", text: ({ severity }) => severity },
    { title: "CODE", text: ({ code }) => code },
    { title: "OBJECT", text: ({ ref }) => (ref ? refText(ref) : "") },
    { title: "WHERE", text: ({ position }) => (position ? positionText(position) : "") },
    { title: "MESSAGE", text: ({ message }) => message },
  ],
  wideColumns: [
    { title: "FIELD", text: ({ field }) => field ?? "" },
    { title: "REMEDY", text: ({ remedy }) => remedy ?? "" },
  ],
  emptyText: "The documents have no diagnostics",
};

// "80 http", "81 http (detected)".
function portText({ port, protocol, source }: ServicePortStatus): string {
  if (source === "unknown") return `${port} (undeclared)`;
  return `${port} ${protocol}${source === "detected" ? " (detected)" : ""}`;
}

// "api.example.com", "db.example.com 240.240.7.9 (allocated)".
function hostText({ host, addresses, isAllocated }: HostStatus): string {
  return [host, ...addresses, ...(isAllocated ? ["(allocated)"] : [])].join(" ");
}

// "True", or "False (NoMatchingParent)" where it is so for any parent.
function conditionText({ parents = [] }: ObjectStatus, wanted: RouteCondition["type"]): string {
  const all = parents.flatMap(({ conditions }) => conditions.filter(({ type }) => type === wanted));
  const failed = all.filter(({ status }) => status === "False").map(({ reason }) => reason);
  if (failed.length > 0) return `False (${[...new Set(failed)].join(", ")})`;
  return all.length > 0 ? "True" : "";
}

const COUNTED = [
  ["error", "errors"],
  ["warning", "warnings"],
  ["info", "hints"],
] as const satisfies readonly (readonly [Severity, string])[];

function countText(diagnostics: readonly Diagnostic[]): string {
  return COUNTED.map(([severity, word]) => {
    const count = diagnostics.filter((diagnostic) => diagnostic.severity === severity).length;
    return count > 0 ? `${count} ${word}` : "";
  })
    .filter((part) => part !== "")
    .join(", ");
}

function yesOrNo(holds: boolean): string {
  return holds ? "yes" : "no";
}

function timeText(atMs: number | null): string {
  return atMs === null ? "" : new Date(atMs).toISOString().slice(0, 19).concat("Z");
}
