// What a workload means by "reviews:9080": which plan, seen from its namespace.

import { isIP } from "node:net";
import { LIMITS } from "#base/limits.ts";
import { matchesHost } from "#ir/host-name.ts";
import { isMeshPort } from "#ir/outside-target.ts";
import type { DirectTarget } from "#snapshot/direct-target.ts";
import type { Directory, DirectoryEntry, Egress } from "#snapshot/directory.ts";
import type { Snapshot } from "#snapshot/snapshot.ts";
import { directId } from "./direct-plan.ts";
import { isExported } from "./find-service.ts";
import { CLUSTER_DOMAIN } from "./host-of.ts";
import { inRanges } from "./is-in-ranges.ts";

const DEFAULT_PORT = 80;
const SUFFIX = `.svc.${CLUSTER_DOMAIN}`;

// `workload`: its name, where it is known.
export type Viewer = { readonly namespace: string; readonly workload?: string };

export type DialledName = {
  readonly namespace: string;
  readonly name: string;
  readonly port: number | undefined; // undefined: not said
};

export type ResolvedKey = {
  readonly outboundId: string; // OutboundPlan.id
  // The part of that plan that is meant, where it isn't all of it.
  readonly part?: DialledPart;
  // No plan of the snapshot, but one made of this.
  readonly direct?: Directly;
};

// A workload by its own address.
export type Directly = {
  readonly target: DirectTarget;
  readonly address: string;
  readonly port: number;
};

export type DialledPart =
  // What was dialled is where it is.
  | { readonly kind: "as-dialled"; readonly address: string; readonly port: number | undefined }
  // One workload of a headless service.
  | { readonly kind: "workload"; readonly name: string };

export const PASSTHROUGH = "passthrough";

type Found = { readonly entry: DirectoryEntry; readonly workload?: string };

export function resolveKey(
  snapshot: Snapshot,
  key: string,
  viewer: Viewer,
): ResolvedKey | undefined {
  const dialled = parseHost(key);
  if (!dialled) return undefined;
  const { host, port = DEFAULT_PORT } = dialled;
  const { directory, outbound } = snapshot;
  const egress = directory.egress.get(`${viewer.namespace}/${viewer.workload ?? ""}`);
  const found = find(
    directory,
    host,
    (entry) => {
      if (!isExported(entry.exportTo, viewer.namespace)) return false;
      return isReached(egress, entry, host, port);
    },
    viewer.namespace,
  );
  if (!found) {
    return directly(snapshot, egress, host, port) ?? unknown(directory, egress, host, port);
  }
  const { entry, workload } = found;
  const everybodys = `${entry.namespace}/${entry.name}/${port}`;
  const plan = outbound.get(`${everybodys}@${viewer.namespace}`) ?? outbound.get(everybodys);
  if (!plan) return undefined;
  if (workload !== undefined) {
    return { outboundId: plan.id, part: { kind: "workload", name: workload } };
  }
  if (!entry.isAsDialled || entry.host === host) return { outboundId: plan.id };
  return { outboundId: plan.id, part: { kind: "as-dialled", address: host, port: undefined } };
}

// The mesh's own ports in a pod are plain, and nobody's application.
function directly(
  { direct, directory, outbound }: Snapshot,
  egress: Egress | undefined,
  host: string,
  port: number,
): ResolvedKey | undefined {
  const target = direct.get(host);
  if (!target || isMeshPort(port)) return undefined;
  const isOpen = egress?.allowsUnknown ?? directory.allowsUnknown;
  if (egress?.reaches && !isOpen) return undefined;
  const given = target.headless.find(({ targetPort }) => targetPort === port);
  const plan = given && outbound.get(`${given.namespace}/${given.name}/${given.port}`);
  if (plan) return { outboundId: plan.id, part: { kind: "workload", name: given.part } };
  return {
    outboundId: directId(host, port),
    direct: { target, address: host, port },
  };
}

// Full names and addresses only: what is no such thing would be the resolver's guess.
function unknown(
  { allowsUnknown }: Directory,
  egress: Egress | undefined,
  host: string,
  port: number,
): ResolvedKey | undefined {
  const isOpen = egress?.allowsUnknown ?? allowsUnknown;
  if (!isOpen || !isFullName(host)) return undefined;
  return {
    outboundId: `outbound/${PASSTHROUGH}`,
    part: { kind: "as-dialled", address: host, port },
  };
}

function isFullName(host: string): boolean {
  if (isIP(host) !== 0) return true;
  return host.includes(".") && !host.endsWith(SUFFIX) && !host.endsWith(".svc");
}

function find(
  directory: Directory,
  host: string,
  admits: (entry: DirectoryEntry) => boolean,
  namespace: string,
): Found | undefined {
  for (const name of fullNames(host, namespace)) {
    const entry = best(directory.hosts.get(name) ?? [], admits, namespace);
    if (entry) return { entry };
    const dot = name.indexOf(".");
    const parents = name.endsWith(SUFFIX) ? (directory.hosts.get(name.slice(dot + 1)) ?? []) : [];
    const parent = best(parents, (each) => each.isHeadless === true && admits(each), namespace);
    if (parent) return { entry: parent, workload: name.slice(0, dot) };
  }
  for (let dot = host.indexOf("."); dot >= 0; dot = host.indexOf(".", dot + 1)) {
    const entry = best(directory.hosts.get(`*${host.slice(dot)}`) ?? [], admits, namespace);
    if (entry) return { entry };
  }
  const entry = best(rangesOf(directory, host), admits, namespace);
  return entry && { entry };
}

// In the order tried. "a.b" is a host, or the service a in the namespace b, or the workload a of
// the service b.
function fullNames(host: string, namespace: string): readonly string[] {
  if (isIP(host) !== 0) return [host];
  const inCluster = `${host}${SUFFIX}`;
  const nearby = `${host}.${namespace}${SUFFIX}`;
  switch (host.split(".").length) {
    case 1:
      return [nearby];
    case 2:
      return [host, inCluster, nearby];
    default:
      return host.endsWith(".svc") ? [`${host}.${CLUSTER_DOMAIN}`] : [host, inCluster];
  }
}

function best(
  entries: readonly DirectoryEntry[],
  admits: (entry: DirectoryEntry) => boolean,
  namespace: string,
): DirectoryEntry | undefined {
  const admitted = entries.filter(admits);
  return admitted.find((entry) => entry.namespace === namespace) ?? admitted[0];
}

type Range = { readonly has: (address: string) => boolean; readonly entry: DirectoryEntry };

// A directory has the same ranges as the one before, most often.
const known = new WeakMap<Directory["ranges"], readonly Range[]>();

function rangesOf({ ranges }: Directory, host: string): readonly DirectoryEntry[] {
  if (ranges.length === 0 || isIP(host) === 0) return [];
  const all =
    known.get(ranges) ?? ranges.map(({ range, entry }) => ({ has: inRanges([range]), entry }));
  known.set(ranges, all);
  return all.flatMap(({ has, entry }) => (has(host) ? [entry] : []));
}

function isReached(
  egress: Egress | undefined,
  entry: DirectoryEntry,
  dialled: string,
  port: number,
): boolean {
  if (!egress?.reaches) return true;
  const { host } = entry;
  return egress.reaches.some(
    (reach) =>
      (reach.namespace === "*" || reach.namespace === entry.namespace) &&
      (reach.port === undefined || reach.port === port) &&
      (matchesHost(reach.host, host) || (host.startsWith("*") && matchesHost(reach.host, dialled))),
  );
}

export function parseHost(key: string): { host: string; port: number | undefined } | undefined {
  if (key.length > LIMITS.destinationKeyMax) return undefined;
  const isBracketed = key.startsWith("[");
  const end = isBracketed ? key.indexOf("]") : key.lastIndexOf(":");
  const colon = isBracketed ? key.indexOf(":", end) : end;
  const port = colon < 0 ? undefined : parsePort(key.slice(colon + 1));
  const written = isBracketed ? key.slice(1, end) : key.slice(0, colon < 0 ? key.length : colon);
  const host = written.toLowerCase();
  if (Number.isNaN(port) || (isBracketed && (end < 0 || isIP(host) !== 6))) return undefined;
  const name = host.endsWith(".") ? host.slice(0, -1) : host;
  // A slash would reach into another part of the snapshot's keys, a star into a pattern's.
  if (name === "" || /[/*@#]/.test(name) || name.includes("..")) return undefined;
  return { host: name, port };
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
