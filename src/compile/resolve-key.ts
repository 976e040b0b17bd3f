// What a workload means by "reviews:9080": which plan, seen from its namespace.

import { LIMITS } from "#base/limits.ts";
import type { Snapshot } from "#snapshot/snapshot.ts";

export const CLUSTER_DOMAIN = "cluster.local";

const DEFAULT_PORT = 80;

export type Viewer = { readonly namespace: string };

export type DialledName = {
  readonly namespace: string;
  readonly name: string;
  readonly port: number | undefined; // undefined: not said
};

// `outboundId` is OutboundPlan.id.
export function resolveKey(
  snapshot: Snapshot,
  key: string,
  viewer: Viewer,
): { readonly outboundId: string } | undefined {
  const dialled = parseKey(key, viewer);
  if (!dialled) return undefined;
  const { namespace, name, port = DEFAULT_PORT } = dialled;
  const everybodys = `${namespace}/${name}/${port}`;
  const own = `${everybodys}@${viewer.namespace}`;
  const plan = snapshot.outbound.get(own) ?? snapshot.outbound.get(everybodys);
  return plan && { outboundId: plan.id };
}

// "name", "name.namespace", "name.namespace.svc" or "name.namespace.svc.cluster.local", with or
// without a port, a dot at the end, capitals. Undefined where it is none of these.
export function parseKey(key: string, viewer: Viewer): DialledName | undefined {
  if (key.length > LIMITS.destinationKeyMax) return undefined;
  const colon = key.lastIndexOf(":");
  const host = (colon < 0 ? key : key.slice(0, colon)).toLowerCase();
  const port = colon < 0 ? undefined : parsePort(key.slice(colon + 1));
  if (Number.isNaN(port)) return undefined;
  const labels = (host.endsWith(".") ? host.slice(0, -1) : host).split(".");
  const [name = "", namespace = viewer.namespace, ...rest] = labels;
  const suffix = rest.join(".");
  if (suffix !== "" && suffix !== "svc" && suffix !== `svc.${CLUSTER_DOMAIN}`) return undefined;
  // A slash would reach into another part of the snapshot's keys.
  if (name === "" || namespace === "" || host.includes("/")) return undefined;
  return { namespace, name, port };
}

function parsePort(digits: string): number {
  if (digits.length > 5 || !/^\d+$/.test(digits)) return Number.NaN;
  const port = Number(digits);
  return port >= 1 && port <= 65_535 ? port : Number.NaN;
}
