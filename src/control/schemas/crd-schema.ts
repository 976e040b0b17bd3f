// The schemas of other projects' kinds, as their CRDs have them (tools/generate-schemas.ts): what
// an API server holds documents against.

import type { Json } from "#ir/document.ts";
import gatewayApi from "./data/gateway-api.json" with { type: "json" };
import istio from "./data/istio.json" with { type: "json" };

// OpenAPI v3 as far as CRDs have it ("structural schema"): https://kubernetes.io/docs/tasks/
// extend-kubernetes/custom-resources/custom-resource-definitions/#specifying-a-structural-schema
export type CrdSchema = {
  readonly type?: string;
  readonly properties?: Readonly<Record<string, CrdSchema>>;
  readonly additionalProperties?: CrdSchema | boolean;
  readonly items?: CrdSchema;
  readonly required?: readonly string[];
  readonly enum?: readonly Json[];
  readonly default?: Json;
  readonly anyOf?: readonly CrdSchema[];
  readonly oneOf?: readonly CrdSchema[];
  readonly allOf?: readonly CrdSchema[];
  readonly not?: CrdSchema;
  readonly "x-kubernetes-preserve-unknown-fields"?: boolean;
  readonly "x-kubernetes-list-type"?: string;
  readonly "x-kubernetes-list-map-keys"?: readonly string[];
  readonly "x-kubernetes-validations"?: readonly CrdRule[];
};

// `rule` is in CEL, about `self`.
export type CrdRule = {
  readonly rule: string;
  readonly message?: string;
  readonly messageExpression?: string;
};

export type Crds = {
  readonly module: string;
  readonly version: string;
  readonly license: string;
  readonly kinds: readonly KindSchema[];
};

export type KindSchema = {
  readonly group: string;
  readonly kind: string;
  readonly versions: readonly string[];
  // Of the field "spec".
  readonly spec: CrdSchema;
};

// TypeScript's view of the data is far narrower than what a schema may have.
const CRDS = [gatewayApi, istio] as unknown as readonly Crds[];

export function kindSchemas(): readonly KindSchema[] {
  return CRDS.flatMap(({ kinds }) => kinds);
}

// Undefined where the kind is nobody's, or has no such version.
export function schemaOf(group: string, kind: string, version: string): CrdSchema | undefined {
  const found = kindSchemas().find(
    (each) => each.group === group && each.kind === kind && each.versions.includes(version),
  );
  return found?.spec;
}
