// Kinds whose fields are held to account, each with the schemas of all its versions.

import { type KindSchema, kindSchemas } from "#control/schemas/crd-schema.ts";

const KINDS = [
  ...["HTTPRoute", "GRPCRoute", "TLSRoute", "TCPRoute", "ReferenceGrant"],
  ...["VirtualService", "DestinationRule"],
  ...["ServiceEntry", "WorkloadEntry", "WorkloadGroup", "Sidecar"],
  ...["PeerAuthentication", "Telemetry"],
];

export type ReadKind = { readonly kind: string; readonly schemas: readonly KindSchema[] };

export function readKinds(): readonly ReadKind[] {
  const all = kindSchemas();
  return KINDS.map((kind) => ({ kind, schemas: all.filter((each) => each.kind === kind) }));
}
