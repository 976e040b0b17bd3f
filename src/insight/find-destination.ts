// The plan for what somebody dials, or what was looked up and what comes near it.

import { projectOutbound } from "#compile/project.ts";
import { type DialledName, parseKey, type Viewer } from "#compile/resolve-key.ts";
import { matchesHost } from "#ir/host-name.ts";
import type { Service } from "#ir/model.ts";
import { nearestName } from "#ir/nearest-name.ts";
import type { OutboundPlan } from "#snapshot/plan.ts";
import type { Snapshot } from "#snapshot/snapshot.ts";

export type FoundDestination =
  | { readonly kind: "found"; readonly plan: OutboundPlan }
  | {
      readonly kind: "missing";
      readonly reason: string;
      readonly suggestions: readonly string[];
    };

const SUGGESTIONS_MAX = 5;

export function findDestination(
  snapshot: Snapshot,
  services: readonly Service[],
  to: string,
  viewer: Viewer,
): FoundDestination {
  const known = projectOutbound(snapshot, to, viewer) ?? onOnlyPort(snapshot, services, to, viewer);
  if (known) return { kind: "found", plan: known };
  const dialled = parseKey(to, viewer);
  if (!dialled) {
    const reason = `No Service and no ServiceEntry answers to "${to}"`;
    return { kind: "missing", reason, suggestions: [] };
  }
  const { namespace, name } = dialled;
  const service = services.find((known) => known.name === name && known.namespace === namespace);
  if (!service) return missingService(services, dialled);
  const port = dialled.port ?? portMeant(service);
  const plan = projectOutbound(snapshot, `${name}.${namespace}:${port}`, viewer);
  if (plan) return { kind: "found", plan };
  const isThere = service.ports.some((known) => known.port === port);
  return isThere ? hidden(service, viewer) : missingPort(service, port);
}

// A host of a ServiceEntry, without a port.
function onOnlyPort(
  snapshot: Snapshot,
  services: readonly Service[],
  to: string,
  viewer: Viewer,
): OutboundPlan | undefined {
  if (to.includes(":")) return undefined;
  const meant = services.find(({ host }) => host !== undefined && matchesHost(host, to));
  return meant && projectOutbound(snapshot, `${to}:${portMeant(meant)}`, viewer);
}

// People leave out the port where there is only one; a proxy takes 80.
function portMeant({ ports }: Service): number {
  return ports.length === 1 ? ports[0]!.port : 80;
}

// Its port is there, and its plan is not for this caller.
function hidden({ namespace, name }: Service, viewer: Viewer): FoundDestination {
  const reason =
    `Service ${namespace}/${name} is not to be seen by this caller in ${viewer.namespace}: ` +
    "its exportTo or the caller's Sidecar says so";
  return { kind: "missing", reason, suggestions: [] };
}

function missingPort({ namespace, name, ports }: Service, port: number): FoundDestination {
  return {
    kind: "missing",
    reason: `Service ${namespace}/${name} has no port ${port}`,
    suggestions: ports
      .slice(0, SUGGESTIONS_MAX)
      .map((known) => `${name}.${namespace}:${known.port}`),
  };
}

// The same name elsewhere is likelier than a slip of the keyboard.
function missingService(
  services: readonly Service[],
  { namespace, name, port }: DialledName,
): FoundDestination {
  const ending = port === undefined ? "" : `:${port}`;
  const elsewhere = services.filter((known) => known.name === name);
  const beside = services.filter((known) => known.namespace === namespace);
  const near = nearestName(
    name,
    beside.map((known) => known.name),
  );
  const nearAnywhere = nearestName(
    `${name}.${namespace}`,
    services.map((known) => `${known.name}.${known.namespace}`),
  );
  const suggestions = [
    ...elsewhere.map((known) => `${known.name}.${known.namespace}`),
    ...(near === undefined ? [] : [`${near}.${namespace}`]),
    ...(nearAnywhere === undefined ? [] : [nearAnywhere]),
  ];
  return {
    kind: "missing",
    reason: `There is no Service ${namespace}/${name}`,
    suggestions: [...new Set(suggestions)].slice(0, SUGGESTIONS_MAX).map((host) => host + ending),
  };
}
