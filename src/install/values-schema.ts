// What the values of an installation must be like. Helm holds them against the same
// (values.schema.json, by `closedSchema`).

import { MESH_CONFIG_SCHEMA } from "./mesh-config-schema.ts";
import {
  choice,
  integer,
  listOf,
  mapOf,
  object,
  type StructuralSchema,
  TEXT,
} from "./structural-schema.ts";

const LOG_LEVEL = choice("debug", "info", "warn", "error");
const SOME_TEXT: StructuralSchema = { type: "string", minLength: 1 };
const ANY_MAP: StructuralSchema = { type: "object" };

// "100m", 2, "256Mi": https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/
// quantity/, without its rare forms.
const QUANTITY: StructuralSchema = {
  "x-kubernetes-int-or-string": true,
  pattern: "^[0-9]+(\\.[0-9]+)?(m|k|M|G|T|Ki|Mi|Gi|Ti)?$",
};
const RESOURCES = object({ requests: mapOf(QUANTITY), limits: mapOf(QUANTITY) });

const IMAGE = object({
  repository: SOME_TEXT,
  tag: SOME_TEXT,
  pullPolicy: choice("Always", "IfNotPresent", "Never"),
});

const CONTROL = object({
  replicas: integer(1, 20),
  logLevel: LOG_LEVEL,
  resources: RESOURCES,
  nodeSelector: mapOf(TEXT),
  tolerations: listOf(ANY_MAP),
  affinity: ANY_MAP,
  priorityClassName: TEXT,
  podAnnotations: mapOf(TEXT),
});

export const VALUES_SCHEMA: StructuralSchema = object({
  image: IMAGE,
  imagePullSecrets: listOf(object({ name: SOME_TEXT }, "name")),
  control: CONTROL,
  podDisruptionBudget: object({
    enabled: { type: "boolean" },
    maxUnavailable: integer(0, 20),
  }),
  injector: object({
    failurePolicy: choice("Fail", "Ignore"),
    timeoutSeconds: integer(1, 30), // as the API server has it
  }),
  proxy: object({ logLevel: LOG_LEVEL, resources: RESOURCES }),
  mesh: MESH_CONFIG_SCHEMA,
  // Where Helm puts what a chart shares with charts around it.
  global: ANY_MAP,
});

export type JsonSchema = { readonly [keyword: string]: unknown };

// As plain JSON schema, draft 7. Unknown fields, which an API server drops, are refused.
export function closedSchema(schema: StructuralSchema): JsonSchema {
  const { properties, additionalProperties, items, ...rest } = schema;
  const { "x-kubernetes-int-or-string": isEither, ...plain } = rest;
  return {
    ...plain,
    ...(isEither && { type: ["integer", "string"] }),
    ...(items && { items: closedSchema(items) }),
    ...(additionalProperties && { additionalProperties: closedSchema(additionalProperties) }),
    ...(properties && {
      properties: Object.fromEntries(
        Object.entries(properties).map(([name, each]) => [name, closedSchema(each)]),
      ),
      additionalProperties: false,
    }),
  };
}
