// What is kept of an object whose kind a dialect reads: what the dialect looks at, and no more.

import type { Json, JsonObject } from "#ir/document.ts";
import type { ClusterObject, ObjectMeta } from "#kubernetes/cluster-object.ts";
import type { ClusterKind } from "./cluster-kind.ts";

const APPLIED = "kubectl.kubernetes.io/last-applied-configuration";
const SLICE_MAKER = "endpointslice.kubernetes.io/managed-by";
const SERVICE_NAME = "kubernetes.io/service-name";
const JOINABLE = "weft.dev/joinable";

type Fields = { readonly [name: string]: unknown };

// Undefined: it is nothing to us.
export function trimObject(kind: ClusterKind, object: ClusterObject): JsonObject | undefined {
  const rest = TRIMS.get(`${kind.group}/${kind.kind}`) ?? trimResource;
  const fields = rest(object);
  if (!fields) return undefined;
  const apiVersion = kind.group === "" ? kind.version : `${kind.group}/${kind.version}`;
  // From JSON, and taken apart no further than that.
  return { apiVersion, kind: kind.kind, ...fields } as JsonObject;
}

const TRIMS: ReadonlyMap<string, (object: ClusterObject) => Fields | undefined> = new Map([
  ["/Namespace", trimNamespace],
  ["/ServiceAccount", trimServiceAccount],
  ["/Service", trimService],
  ["discovery.k8s.io/EndpointSlice", trimSlice],
]);

function trimResource({ metadata, spec }: ClusterObject): Fields {
  return { metadata: trimMeta(metadata), spec };
}

function trimMeta(meta: ObjectMeta): Fields {
  const { name, namespace, labels, annotations, creationTimestamp, generation } = meta;
  const { [APPLIED]: _, ...others } = annotations ?? {};
  return defined({ name, namespace, labels, annotations: others, creationTimestamp, generation });
}

function trimNamespace({ metadata: { name, labels } }: ClusterObject): Fields {
  return { metadata: defined({ name, labels }), spec: {} };
}

function trimServiceAccount({ metadata }: ClusterObject): Fields {
  const { name, namespace, annotations = {} } = metadata;
  const said = annotations[JOINABLE];
  const own = said === undefined ? {} : { [JOINABLE]: said };
  return { metadata: { name, namespace, annotations: own } };
}

// UDP and SCTP are no business of the mesh, and may share a number with TCP.
function trimService(object: ClusterObject): Fields | undefined {
  const spec = object["spec"] as Fields & { ports?: readonly { protocol?: string }[] };
  const ports = (spec.ports ?? []).filter(({ protocol = "TCP" }) => protocol === "TCP");
  if (ports.length === 0 && spec["type"] !== "ExternalName") return undefined;
  return { metadata: trimMeta(object.metadata), spec: defined({ ...spec, ports }) };
}

type Endpoint = Fields & {
  readonly targetRef?: { readonly kind?: string; readonly name?: string };
};

function trimSlice(object: ClusterObject): Fields | undefined {
  const { name, namespace, labels } = object.metadata;
  const service = labels?.[SERVICE_NAME];
  // Of nobody's service.
  if (service === undefined) return undefined;
  const maker = labels?.[SLICE_MAKER];
  const made = maker === undefined ? {} : { [SLICE_MAKER]: maker };
  const endpoints = ((object["endpoints"] ?? []) as readonly Endpoint[]).map((endpoint) => {
    const { addresses, conditions, hostname, nodeName, zone, hints, targetRef } = endpoint;
    const target = targetRef && { kind: targetRef.kind, name: targetRef.name };
    return defined({ addresses, conditions, hostname, nodeName, zone, hints, targetRef: target });
  });
  return {
    metadata: { name, namespace, labels: { [SERVICE_NAME]: service, ...made } },
    addressType: object["addressType"] as Json,
    endpoints,
    ports: (object["ports"] ?? []) as Json,
  };
}

function defined(fields: Fields): Fields {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}
