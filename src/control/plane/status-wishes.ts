// What the objects of a cluster should say of themselves: routes of Gateway API of each parent that
// is ours, Istio's kinds and our own whether they are in force.

import type { ObjectStatus } from "#api/object-status.ts";
import type { StatusWish } from "#control/kubernetes/status-writer.ts";
import type { Document } from "#ir/document.ts";
import type { ControlPlane } from "./control-plane.ts";
import { describeObjects } from "./describe-objects.ts";

type Sight = Pick<ControlPlane, "documents" | "diagnostics" | "model" | "catalog" | "servicePorts">;

const GATEWAY = "gateway.networking.k8s.io";
// Which have a status to write, and what they are called in paths.
export const STATUS_PLURALS: ReadonlyMap<string, string> = new Map([
  [`${GATEWAY}/HTTPRoute`, "httproutes"],
  [`${GATEWAY}/GRPCRoute`, "grpcroutes"],
  [`${GATEWAY}/TLSRoute`, "tlsroutes"],
  [`${GATEWAY}/TCPRoute`, "tcproutes"],
  ["networking.istio.io/VirtualService", "virtualservices"],
  ["networking.istio.io/DestinationRule", "destinationrules"],
  ["networking.istio.io/ServiceEntry", "serviceentries"],
  ["networking.istio.io/WorkloadEntry", "workloadentries"],
  ["networking.istio.io/Sidecar", "sidecars"],
  ["security.istio.io/PeerAuthentication", "peerauthentications"],
  ["telemetry.istio.io/Telemetry", "telemetries"],
  ["weft.dev/FaultInjection", "faultinjections"],
  ["weft.dev/MeshConfig", "meshconfigs"],
  ["weft.dev/Workload", "workloads"],
]);

// As routes' status has it (#insight/route-status.ts).
export const CONTROLLER_NAME = "weft.dev/control-plane";
const CONDITION = "weft.dev/Accepted";

const EVERYTHING = { kind: undefined, namespace: undefined, name: undefined };

const REASONS = {
  accepted: "Accepted",
  partial: "PartlyAccepted",
  overruled: "Overruled",
  invalid: "Invalid",
} as const satisfies Record<ObjectStatus["state"], string>;

export function statusWishes(plane: Sight): readonly StatusWish[] {
  const documents = plane.documents.filter((document) => pathOf(document) !== undefined);
  if (documents.length === 0) return [];
  const { diagnostics, model, catalog, servicePorts } = plane;
  const sight = { documents, diagnostics, model, catalog, servicePorts };
  return describeObjects(sight, EVERYTHING).map((status, i) => {
    const document = documents[i]!;
    return wishOf(document, pathOf(document)!, status);
  });
}

function pathOf({ origin, apiVersion, namespace, name }: Document): string | undefined {
  const plural = STATUS_PLURALS.get(`${origin.ref.group}/${origin.ref.kind}`);
  return plural && `/apis/${apiVersion}/namespaces/${namespace}/${plural}/${name}`;
}

function wishOf({ object }: Document, path: string, status: ObjectStatus): StatusWish {
  const { generation } = object["metadata"] as { generation?: number };
  const at = { path, generation };
  if (status.parents) return { ...at, says: { kind: "parents", parents: status.parents } };
  const isInForce = status.state === "accepted" || status.state === "partial";
  const told = status.diagnostics.filter(({ severity }) => severity !== "info");
  const message = told.map((each) => each.message).join("; ") || "The object is in force";
  const condition = {
    ...{ type: CONDITION, status: isInForce ? "True" : "False" },
    ...{ reason: REASONS[status.state], message },
  };
  return { ...at, says: { kind: "condition", condition } };
}
