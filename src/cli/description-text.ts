// What `weft describe` says of one object.

import type { ObjectState, ObjectStatus } from "#api/object-status.ts";
import type { RouteParentStatus } from "#api/route-parent-status.ts";
import type { ServicePortStatus } from "#api/service-port-status.ts";
import type { WorkloadRow } from "#api/workload-row.ts";
import { diagnosticText } from "#ir/diagnostic-text.ts";
import { positionText } from "#ir/origin.ts";
import type { Description } from "./describe-command.ts";

type Line = readonly [title: string, value: string];

const STATES = {
  accepted: "accepted",
  partial: "partial: it works, less what is told below",
  overruled: "overruled: the routes of another object win",
  invalid: "invalid: it has no effect, or its last good version goes on",
} as const satisfies Record<ObjectState, string>;

export function descriptionText({ object, workload }: Description): string {
  const named = object ?? workload;
  const lines: Line[] = [
    ["Kind", object?.kind ?? "Workload"],
    ["Namespace", named?.namespace ?? ""],
    ["Name", named?.name ?? ""],
    ...(object ? objectLines(object) : originLines(workload)),
    ...(workload ? workloadLines(workload) : []),
  ];
  const width = Math.max(...lines.map(([title]) => title.length)) + 2;
  return [
    ...lines.map(([title, value]) => `${`${title}:`.padEnd(width)}${value}`),
    ...(object ? listed("Ports", (object.ports ?? []).map(portText)) : []),
    ...(object ? listed("Parents", (object.parents ?? []).flatMap(parentLines)) : []),
    ...(object ? listed("Diagnostics", object.diagnostics.map(diagnosticText)) : []),
    "",
  ].join("\n");
}

function originLines(workload: WorkloadRow | null): Line[] {
  const pod = workload?.pod ?? null;
  return [pod === null ? ["Declared", "by nobody: it has joined"] : ["Pod", pod]];
}

function objectLines({ group, position, state }: ObjectStatus): Line[] {
  return [
    ...(group === "" ? [] : ([["Group", group]] as const)),
    ["Declared", position ? `at ${positionText(position)}` : "in no file"],
    ["Status", STATES[state]],
  ];
}

function workloadLines(row: WorkloadRow): Line[] {
  const { isMeshed, isReady, address, identity, services, revision, proxyVersion } = row;
  return [
    ["Meshed", isMeshed ? `yes, by a proxy ${proxyVersion ?? ""}`.trimEnd() : "no"],
    ["Ready", isReady ? "yes" : "no"],
    ...(address === null ? [] : ([["Address", address]] as const)),
    ...(identity === null ? [] : ([["Identity", identity]] as const)),
    ["Services", services.join(", ") || "none selects it"],
    ...(revision === null ? [] : ([["Revision", String(revision)]] as const)),
  ];
}

function portText({ name, port, protocol, source }: ServicePortStatus): string {
  const title = name === "" ? `${port}` : `${port} (${name})`;
  if (source === "unknown") return `${title} speaks what nobody has declared or seen yet`;
  return `${title} speaks ${protocol}${source === "detected" ? ", as was detected" : ""}`;
}

function parentLines({ parentRef, conditions }: RouteParentStatus): string[] {
  const { kind, namespace, name, port, sectionName } = parentRef;
  const which = port ?? sectionName;
  const title = `${kind} ${namespace}/${name}${which === undefined ? "" : ` port ${which}`}`;
  return [
    title,
    ...conditions.map(
      ({ type, status, reason, message }) => `  ${type} ${status} (${reason}): ${message}`,
    ),
  ];
}

function listed(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : [`${title}:`, ...lines.map((line) => `  ${line}`)];
}
