// What `kubectl delete` is to remove, by name, in this order: first who would hinder or undo the
// rest. Everything else goes with these: what is in the namespace with the namespace, and what the
// control plane wrote into others' namespaces with the ClusterRole, which owns it.

import type { JsonObject } from "#ir/document.ts";
import { controlManifests, gatewayApiCrds, namespaceManifest } from "./manifests.ts";
import type { Manifest, Template } from "./template.ts";
import { weftCrds } from "./weft-crds.ts";

const ORDER = ["MutatingWebhookConfiguration", "Deployment", "ClusterRoleBinding", "ClusterRole"];

// Gateway API's kinds may be others' too, who would lose all their routes.
export function removal(withGatewayApiCrds: boolean): readonly JsonObject[] {
  const control = controlManifests().map(identityOf);
  return [
    ...ORDER.flatMap((kind) => control.filter((each) => each["kind"] === kind)),
    ...weftCrds().map(identityOf),
    ...(withGatewayApiCrds ? gatewayApiCrds().map((object) => identityOf({ object })) : []),
    identityOf(namespaceManifest()),
  ];
}

function identityOf({ object }: Manifest | { readonly object: JsonObject }): JsonObject {
  const { apiVersion, kind, metadata } = object as Readonly<Record<string, Template>>;
  const { name, namespace } = metadata as { readonly name: string; readonly namespace?: string };
  const where = { name, ...(namespace !== undefined && { namespace }) };
  return { apiVersion, kind, metadata: where } as JsonObject;
}
