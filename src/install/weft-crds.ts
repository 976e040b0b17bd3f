// The definitions of our own kinds, for an API server. Their schemas accept what the translators
// (dialects/weft) accept: a test holds each field of one against the other.

import { FAULT_INJECTION_SCHEMA } from "./fault-injection-schema.ts";
import { MESH_CONFIG_SCHEMA } from "./mesh-config-schema.ts";
import { LABELS } from "./names.ts";
import type { StructuralSchema } from "./structural-schema.ts";
import type { Manifest } from "./template.ts";
import { WORKLOAD_SCHEMA } from "./workload-schema.ts";

const GROUP = "weft.dev";
const VERSION = "v1alpha1";

type Definition = {
  readonly kind: string;
  readonly plural: string;
  readonly shortNames: readonly string[];
  readonly spec: StructuralSchema;
};

const DEFINITIONS: readonly Definition[] = [
  {
    kind: "FaultInjection",
    plural: "faultinjections",
    shortNames: ["fi"],
    spec: FAULT_INJECTION_SCHEMA,
  },
  { kind: "MeshConfig", plural: "meshconfigs", shortNames: ["mc"], spec: MESH_CONFIG_SCHEMA },
  { kind: "Workload", plural: "workloads", shortNames: ["wl"], spec: WORKLOAD_SCHEMA },
];

export function weftCrds(): readonly Manifest[] {
  return DEFINITIONS.map((definition) => ({ object: crdOf(definition) }));
}

function crdOf({ kind, plural, shortNames, spec }: Definition) {
  const properties = {
    apiVersion: { type: "string" },
    kind: { type: "string" },
    metadata: { type: "object" },
    spec,
    status: { type: "object", "x-kubernetes-preserve-unknown-fields": true },
  };
  const version = {
    ...{ name: VERSION, served: true, storage: true, subresources: { status: {} } },
    schema: { openAPIV3Schema: { type: "object", required: ["spec"], properties } },
    additionalPrinterColumns: [
      { name: "Age", type: "date", jsonPath: ".metadata.creationTimestamp" },
    ],
  };
  return {
    apiVersion: "apiextensions.k8s.io/v1",
    kind: "CustomResourceDefinition",
    metadata: { name: `${plural}.${GROUP}`, labels: LABELS },
    spec: {
      group: GROUP,
      scope: "Namespaced",
      names: {
        ...{ kind, listKind: `${kind}List`, plural, singular: kind.toLowerCase() },
        ...{ shortNames, categories: ["weft"] },
      },
      versions: [version],
    },
  };
}
