// weft-data-plane: pods with a proxy, and pods that should have one.

import type { Check, CheckCategory } from "#api/check-result.ts";
import { isPodReady } from "#cli/pod-state.ts";
import {
  injectionAsked,
  injectionAskedInCluster,
} from "#control/kubernetes/injection/injection-asked.ts";
import { injectionObstacle } from "#control/kubernetes/injection/injection-obstacle.ts";
import { NAMES as POD_NAMES } from "#control/kubernetes/injection/names.ts";
import type { PodNamespace } from "#control/kubernetes/injection/pod.ts";
import type { ClusterObject } from "#kubernetes/cluster-object.ts";
import { failed, namedText, passed, warned } from "./check-of.ts";
import { type CheckWorld, listIn, textIn } from "./check-world.ts";

const NO_POD = { metadata: {}, spec: {} };

export type PodsListing =
  | { readonly kind: "listed"; readonly pods: readonly ClusterObject[] }
  | { readonly kind: "failed"; readonly reason: string };

export async function listPods({ api, namespace }: CheckWorld): Promise<PodsListing> {
  const path = namespace === undefined ? "/api/v1/pods" : `/api/v1/namespaces/${namespace}/pods`;
  const listing = await api.list(path);
  if (listing.kind === "failed") return listing;
  const pods = listing.items.filter(
    (pod) => pod.metadata.deletionTimestamp === undefined && isRunning(pod),
  );
  return { kind: "listed", pods };
}

export async function dataPlaneChecks(
  world: CheckWorld,
  pods: readonly ClusterObject[],
): Promise<CheckCategory> {
  const meshed = pods.filter(isMeshed);
  const checks = [readyCheck(meshed), versionsCheck(meshed, world.version)];
  return { name: "weft-data-plane", checks: [...checks, ...(await injectedChecks(world, pods))] };
}

// The label alone anybody may write.
export function isMeshed(pod: ClusterObject): boolean {
  const containers = [
    ...listIn(pod["spec"], "initContainers"),
    ...listIn(pod["spec"], "containers"),
  ];
  const hasProxy = containers.some((each) => textIn(each, "name") === POD_NAMES.proxyContainer);
  return hasProxy && pod.metadata.labels?.[POD_NAMES.proxyLabel] !== undefined;
}

export function podName({ metadata }: ClusterObject): string {
  return `${metadata.namespace}/${metadata.name}`;
}

function isRunning(pod: ClusterObject): boolean {
  const phase = textIn(pod["status"], "phase");
  return phase !== "Succeeded" && phase !== "Failed";
}

function readyCheck(meshed: readonly ClusterObject[]): Check {
  const name = "every pod with a proxy is ready";
  const unready = meshed.filter((pod) => !isPodReady(pod));
  if (unready.length === 0) return passed(name, `${meshed.length} pods`);
  const hint = "See `kubectl describe pod` and `kubectl logs POD -c weft-proxy`";
  return failed(name, `not ready: ${namedText(unready.map(podName))}`, hint);
}

function versionsCheck(meshed: readonly ClusterObject[], version: string): Check {
  const name = "every proxy is of this version";
  const others = meshed.filter((pod) => pod.metadata.labels?.[POD_NAMES.proxyLabel] !== version);
  if (others.length === 0) return passed(name, version);
  const hint = "Restart them: `kubectl rollout restart deployment -n NAMESPACE`";
  return warned(name, `others: ${namedText(others.map(podName))}`, hint);
}

async function injectedChecks(
  { api, namespace }: CheckWorld,
  pods: readonly ClusterObject[],
): Promise<readonly Check[]> {
  const name = "every pod that asks for a proxy has one";
  const listing = await api.list("/api/v1/namespaces");
  if (listing.kind === "failed") return [warned(name, listing.reason, "See `kubectl get ns`")];
  const namespaces = listing.items
    .map(({ metadata }) => namespaceOf(metadata))
    .filter((each) => namespace === undefined || each.name === namespace);
  const asking = new Map(namespaces.map((each) => [each.name, each]));
  const without = pods.filter((each) => {
    const own = asking.get(each.metadata.namespace ?? "");
    const pod = { metadata: each.metadata, spec: each["spec"] ?? {} } as never;
    if (!own || isMeshed(each) || injectionObstacle(pod, own.name)) return false;
    return injectionAskedInCluster(pod, own).answer === "asked";
  });
  const hint = "They are older than the request: `kubectl rollout restart deployment -n NAMESPACE`";
  const detail = `without: ${namedText(without.map(podName))}`;
  return [
    without.length === 0 ? passed(name) : failed(name, detail, hint),
    ...annotatedChecks(namespaces),
  ];
}

// A word that the API server doesn't hear.
function annotatedChecks(namespaces: readonly PodNamespace[]): readonly Check[] {
  const inVain = namespaces.filter((each) => {
    const asked = injectionAsked(NO_POD, each);
    return asked.answer === "asked" && asked.by.startsWith("annotation ");
  });
  if (inVain.length === 0) return [];
  const name = "namespaces ask for proxies by a label";
  const hint = "An annotation is not seen: `kubectl label namespace NAME weft.dev/inject=enabled`";
  return [warned(name, `by an annotation: ${namedText(inVain.map((each) => each.name))}`, hint)];
}

function namespaceOf({ name, labels = {}, annotations = {} }: ClusterObject["metadata"]) {
  return {
    name,
    labels: new Map(Object.entries(labels)),
    annotations: new Map(Object.entries(annotations)),
  };
}
