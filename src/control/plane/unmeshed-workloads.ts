// Which workloads of a cluster have pods without a proxy, and why.

import type { UnmeshedReason, UnmeshedWorkload } from "#api/unmeshed-workload.ts";
import { LIMITS } from "#base/limits.ts";
import { injectionAskedInCluster } from "#control/kubernetes/injection/injection-asked.ts";
import { SYSTEM_NAMESPACES } from "#control/kubernetes/injection/names.ts";
import type { PodNamespace } from "#control/kubernetes/injection/pod.ts";
import type { ClusterSet } from "#control/sources/cluster-set.ts";
import type { PodFacts } from "#ir/pod.ts";

type Found = { readonly reason: UnmeshedReason; readonly remedy: string };

// Those that somebody can do something about first: no bound leaves them out for others.
const REASONS: readonly UnmeshedReason[] = [
  "started-before",
  "namespace-not-enabled",
  "opted-out",
  "host-network",
  "not-possible",
];
const RESTARTABLE: readonly string[] = ["Deployment", "StatefulSet", "DaemonSet"];
const NOTHING: ReadonlyMap<string, string> = new Map();

// By reason, then by name; LIMITS.unmeshedToldMax at most. Of several reasons the first.
export function unmeshedWorkloads({ pods, documents }: ClusterSet): readonly UnmeshedWorkload[] {
  const namespaces = new Map(
    documents
      .filter(({ kind, apiVersion }) => kind === "Namespace" && apiVersion === "v1")
      .map((each): [string, PodNamespace] => [each.name, each]),
  );
  const found = new Map<string, UnmeshedWorkload>();
  for (const pod of pods.values()) {
    const { namespace, controller: name, controllerKind: kind } = pod;
    if (pod.hasProxy || SYSTEM_NAMESPACES.includes(namespace)) continue;
    const key = `${namespace}/${kind}/${name}`;
    const row = { namespace, name, kind, ...reasonOf(pod, namespaces.get(namespace)) };
    const other = found.get(key);
    if (!other || rank(row) < rank(other)) found.set(key, row);
  }
  return [...found.values()].sort(compare).slice(0, LIMITS.unmeshedToldMax);
}

function reasonOf(pod: PodFacts, known: PodNamespace | undefined): Found {
  const { namespace, proxyObstacle } = pod;
  if (pod.isOnHostNetwork) {
    const remedy = "Take hostNetwork out of its pods, if they can do without";
    return { reason: "host-network", remedy };
  }
  if (proxyObstacle !== undefined) {
    return { reason: "not-possible", remedy: `Nothing to do as long as ${proxyObstacle}` };
  }
  const annotations = pod.askingAnnotations ?? NOTHING;
  const marks = {
    labels: Object.fromEntries(pod.labels),
    annotations: Object.fromEntries(annotations),
  };
  const where = known ?? { name: namespace, labels: NOTHING, annotations: NOTHING };
  const { answer, by } = injectionAskedInCluster({ metadata: marks, spec: {} }, where);
  if (answer === "asked") return { reason: "started-before", remedy: restart(pod) };
  if (answer === "declined" && by.endsWith(" of the pod")) {
    return { reason: "opted-out", remedy: `Take the ${by.slice(0, -" of the pod".length)} away` };
  }
  const enable = `kubectl label namespace ${namespace} weft.dev/inject=enabled --overwrite`;
  const remedy = RESTARTABLE.includes(pod.controllerKind) ? `${enable} && ${restart(pod)}` : enable;
  return { reason: "namespace-not-enabled", remedy };
}

// Only these can be told to make their pods anew.
function restart({ namespace, controller, controllerKind }: PodFacts): string {
  if (controllerKind === "Pod") return `Make the pod ${namespace}/${controller} anew`;
  return RESTARTABLE.includes(controllerKind)
    ? `kubectl rollout restart ${controllerKind.toLowerCase()}/${controller} -n ${namespace}`
    : `Make the pods of ${controllerKind} ${namespace}/${controller} anew`;
}

function rank({ reason }: Found): number {
  return REASONS.indexOf(reason);
}

function compare(a: UnmeshedWorkload, b: UnmeshedWorkload): number {
  const byName = textOf(a) < textOf(b) ? -1 : 1;
  return rank(a) - rank(b) || byName;
}

function textOf({ namespace, name, kind }: UnmeshedWorkload): string {
  return `${namespace}/${name}/${kind}`;
}
