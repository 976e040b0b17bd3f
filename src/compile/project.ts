// The part of a snapshot that one proxy may have.

import { LIMITS } from "#base/limits.ts";
import type { EndpointPlan, InboundPlan, OutboundPlan } from "#snapshot/plan.ts";
import type { Snapshot } from "#snapshot/snapshot.ts";
import { directPlan } from "./direct-plan.ts";
import { withHash } from "./plan-hash.ts";
import { type DialledPart, PASSTHROUGH, resolveKey, type Viewer } from "./resolve-key.ts";

const ID_PREFIX = "outbound/";

// Many proxies dial the same, and each asks again whenever anything changes.
const parts = new WeakMap<Snapshot, Map<string, OutboundPlan>>();

export function projectOutbound(
  snapshot: Snapshot,
  key: string,
  viewer: Viewer,
): OutboundPlan | undefined {
  const found = resolveKey(snapshot, key, viewer);
  if (!found) return undefined;
  const { direct } = found;
  if (direct) return once(snapshot, found.outboundId, () => directPlan(direct));
  const plan = snapshot.outbound.get(found.outboundId.slice(ID_PREFIX.length));
  const { part } = found;
  if (!plan || !part) return plan;
  const id = `${plan.id}#${partText(part)}`;
  return once(snapshot, id, () => partOf(plan, id, part));
}

function once(snapshot: Snapshot, id: string, make: () => OutboundPlan): OutboundPlan {
  const known = parts.get(snapshot) ?? new Map<string, OutboundPlan>();
  parts.set(snapshot, known);
  if (known.size >= LIMITS.plansHeldMax) known.clear();
  const plan = known.get(id) ?? make();
  known.set(id, plan);
  return plan;
}

// The plan with this id, or the part of one, where the snapshot has it yet. Not of what is dialled
// directly.
export function projectWithId(snapshot: Snapshot, id: string): OutboundPlan | undefined {
  const plan = snapshot.outbound.get(wholePlanId(id).slice(ID_PREFIX.length));
  if (!plan || plan.id === id) return plan;
  return once(snapshot, id, () => partWithId(plan, id));
}

// Of the plan that this one is, or is a part of.
export function wholePlanId(id: string): string {
  const end = id.indexOf("#");
  return end < 0 ? id : id.slice(0, end);
}

// The part of a whole plan that has this id, as `projectOutbound` gives it.
export function partWithId(plan: OutboundPlan, id: string): OutboundPlan {
  return partOf(plan, id, parsePart(plan, id.slice(plan.id.length + 1)));
}

export function projectInbound(
  snapshot: Snapshot,
  workload: { readonly namespace: string; readonly name: string },
): InboundPlan | undefined {
  return snapshot.inbound.get(`${workload.namespace}/${workload.name}`);
}

function partText(part: DialledPart): string {
  if (part.kind === "workload") return part.name;
  return part.port === undefined ? part.address : `${part.address}:${part.port}`;
}

function parsePart({ id, backends }: OutboundPlan, text: string): DialledPart {
  const isAsDialled = backends.some(
    (backend) => backend.kind === "endpoints" && backend.endpoints.some(isNamed),
  );
  if (!isAsDialled) return { kind: "workload", name: text };
  // Of what no document declares, the port was dialled, too.
  const colon = id === `${ID_PREFIX}${PASSTHROUGH}` ? text.lastIndexOf(":") : -1;
  if (colon < 0) return { kind: "as-dialled", address: text, port: undefined };
  return {
    kind: "as-dialled",
    address: text.slice(0, colon),
    port: Number(text.slice(colon + 1)),
  };
}

function isNamed(endpoint: EndpointPlan): boolean {
  return endpoint.speaks === "plaintext" && endpoint.isNamed === true;
}

function partOf({ hash: _, ...plan }: OutboundPlan, id: string, part: DialledPart): OutboundPlan {
  const { namespace, name } = plan.scope;
  const backends = plan.backends.map((backend) => {
    if (backend.kind === "invalid") return backend;
    const isOwn = backend.namespace === namespace && backend.service === name;
    if (!isOwn) return backend;
    const endpoints = backend.endpoints.flatMap((each) => endpointsIn(each, part));
    return { ...backend, part: partText(part), endpoints };
  });
  return withHash({ ...plan, id, backends });
}

function endpointsIn(endpoint: EndpointPlan, part: DialledPart): readonly EndpointPlan[] {
  if (part.kind === "workload") return nameIn(endpoint) === part.name ? [endpoint] : [];
  if (endpoint.speaks !== "plaintext" || !endpoint.isNamed) return [endpoint];
  const { address, port = endpoint.port } = part;
  const { tls } = endpoint;
  return [{ ...endpoint, address, port, ...(tls && { tls: namedIn(tls, address) }) }];
}

// What a headless service calls it.
function nameIn(endpoint: EndpointPlan): string {
  const { hostname = endpoint.workload.name } = endpoint.speaks === "plaintext" ? {} : endpoint;
  return hostname;
}

// "*" stands for what was dialled.
function namedIn<Tls extends { readonly serverName: string; readonly names: readonly string[] }>(
  tls: Tls,
  address: string,
): Tls {
  const named = (name: string): string => (name === "*" ? address : name);
  return { ...tls, serverName: named(tls.serverName), names: tls.names.map(named) };
}
