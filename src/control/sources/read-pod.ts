// What is kept of a Pod (v1) and of a Node (v1).

import { POD_WORDS } from "#control/kubernetes/injection/injection-asked.ts";
import { injectionObstacle } from "#control/kubernetes/injection/injection-obstacle.ts";
import type { Pod as InjectedPod } from "#control/kubernetes/injection/pod.ts";
import type { Labels } from "#ir/document.ts";
import type { ContainerPort, NodeFacts, PodFacts } from "#ir/pod.ts";
import type { ClusterObject, ObjectMeta } from "#kubernetes/cluster-object.ts";
import { parsePodSettings } from "#snapshot/parse-pod-settings.ts";

const PROXY_CONTAINER = "weft-proxy";
const PROXY_LABEL = "weft.dev/proxy";
const SETTINGS = "WEFT_SETTINGS";
const TEMPLATE_HASH = "pod-template-hash";
const PLACES = [
  "topology.kubernetes.io/region",
  "topology.kubernetes.io/zone",
  "topology.istio.io/subzone",
];

type Container = {
  readonly name: string;
  readonly restartPolicy?: string;
  readonly env?: readonly { readonly name: string; readonly value?: string }[];
  readonly ports?: readonly {
    readonly name?: string;
    readonly containerPort: number;
    readonly protocol?: string;
  }[];
};
type Controller = Pick<PodFacts, "controller" | "controllerKind">;
type Pod = {
  readonly metadata: ObjectMeta;
  readonly spec?: {
    readonly serviceAccountName?: string;
    readonly nodeName?: string;
    readonly hostNetwork?: boolean;
    readonly readinessGates?: readonly unknown[];
    readonly containers?: readonly Container[];
    readonly initContainers?: readonly Container[];
  };
  readonly status?: {
    readonly phase?: string;
    readonly podIP?: string;
    readonly podIPs?: readonly { readonly ip: string }[];
    readonly conditions?: readonly { readonly type: string; readonly status: string }[];
  };
};

// Undefined: its containers have ended.
export function readPod(object: ClusterObject): PodFacts | undefined {
  const { metadata, spec = {}, status = {} } = object as unknown as Pod;
  if (status.phase === "Succeeded" || status.phase === "Failed") return undefined;
  const lasting = (spec.initContainers ?? []).filter((each) => each.restartPolicy === "Always");
  const containers = [...(spec.containers ?? []), ...lasting];
  const labels = labelsOf(metadata);
  const proxy = containers.find(({ name }) => name === PROXY_CONTAINER);
  // Whoever may label pods can't make a proxy appear by that.
  const hasProxy = proxy !== undefined && labels.has(PROXY_LABEL);
  return {
    namespace: metadata.namespace ?? "default",
    name: metadata.name,
    uid: metadata.uid ?? "",
    labels,
    serviceAccount: spec.serviceAccountName ?? "default",
    ...controllerOf(metadata),
    node: spec.nodeName ?? "",
    addresses: status.podIPs?.map(({ ip }) => ip) ?? (status.podIP ? [status.podIP] : []),
    isOnHostNetwork: spec.hostNetwork === true,
    ports: containers.filter(({ name }) => name !== PROXY_CONTAINER).flatMap(portsOf),
    opaquePorts: proxy ? opaquePortsOf(proxy) : [],
    hasProxy,
    ...(hasProxy ? {} : withoutProxy(object)),
    isReady: holds(status, "Ready"),
    isLost:
      holds(status, "ContainersReady") &&
      !holds(status, "Ready") &&
      (spec.readinessGates ?? []).length === 0 &&
      metadata.deletionTimestamp === undefined,
  };
}

// What tells why. Most pods say nothing by annotations: they have nothing to keep.
function withoutProxy(object: ClusterObject): Partial<PodFacts> {
  const { annotations = {}, namespace = "default" } = object.metadata;
  const said = POD_WORDS.flatMap(({ name }): [string, string][] => {
    const value = annotations[name];
    return value === undefined ? [] : [[name, value]];
  });
  // From JSON, and read there field by field.
  const pod = { metadata: object.metadata, spec: object["spec"] ?? {} } as unknown as InjectedPod;
  const obstacle = injectionObstacle(pod, namespace);
  return {
    ...(obstacle && { proxyObstacle: obstacle.text }),
    ...(said.length > 0 && { askingAnnotations: new Map(said) }),
  };
}

// As the injector wrote them; what can't be read its proxy doesn't start with.
function opaquePortsOf({ env = [] }: Container): PodFacts["opaquePorts"] {
  const text = env.find(({ name }) => name === SETTINGS)?.value;
  const parsing = text === undefined ? undefined : parsePodSettings(text);
  return parsing?.kind === "parsed" ? parsing.settings.opaquePorts : [];
}

export function readNode({ metadata }: ClusterObject): NodeFacts {
  const labels = PLACES.flatMap((name): [string, string][] => {
    const value = metadata.labels?.[name];
    return value === undefined ? [] : [[name, value]];
  });
  return { name: metadata.name, labels: new Map(labels) };
}

function portsOf({ ports = [] }: Container): readonly ContainerPort[] {
  return ports
    .filter(({ protocol = "TCP" }) => protocol === "TCP")
    .map(({ name = "", containerPort }) => ({ name, port: containerPort }));
}

function holds({ conditions }: NonNullable<Pod["status"]>, wanted: string): boolean {
  return conditions?.some(({ type, status }) => type === wanted && status === "True") ?? false;
}

// A Deployment owns its pods by way of a ReplicaSet, whose name has the template's hash at the end.
function controllerOf({ name, labels, ownerReferences }: ObjectMeta): Controller {
  const owner = ownerReferences?.find(({ controller }) => controller);
  if (!owner) return { controller: name, controllerKind: "Pod" };
  const ending = `-${labels?.[TEMPLATE_HASH] ?? ""}`;
  const isMade = owner.kind === "ReplicaSet" && ending !== "-" && owner.name.endsWith(ending);
  return isMade
    ? { controller: owner.name.slice(0, -ending.length), controllerKind: "Deployment" }
    : { controller: owner.name, controllerKind: owner.kind };
}

function labelsOf({ labels }: ObjectMeta): Labels {
  return new Map(Object.entries(labels ?? {}));
}
