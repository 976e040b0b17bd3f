// The spec of a MeshConfig.

import { ACCESS_LOG_FIELD_NAMES } from "#ir/access-log.ts";
import { TAP_BODIES } from "#ir/tap-rules.ts";
import { LIMITS_SCHEMA } from "./limits-schema.ts";
import {
  choice,
  FLAG,
  integer,
  listOf,
  mapOf,
  object,
  type StructuralSchema,
  TEXT,
} from "./structural-schema.ts";

const FAILOVER = object({ from: TEXT, to: TEXT }, "from", "to");
const DISTRIBUTE = object({ from: TEXT, to: mapOf(integer(1, 100)) }, "from", "to");

const PERCENT = { type: "number", minimum: 0, maximum: 100 } as const;

export const MESH_CONFIG_SCHEMA: StructuralSchema = object({
  trustDomain: {
    type: "string",
    pattern: "^[a-z0-9]([-a-z0-9._]*[a-z0-9])?$",
    maxLength: 255,
  },
  certificates: object({ lifetime: { type: "string", maxLength: 32 } }),
  outboundTrafficPolicy: object({ mode: choice("REGISTRY_ONLY", "ALLOW_ANY") }),
  localityLbSetting: object({
    enabled: FLAG,
    distribute: listOf(DISTRIBUTE),
    failover: listOf(FAILOVER),
    failoverPriority: listOf(TEXT),
  }),
  accessLog: object({
    disabled: FLAG,
    sides: choice("served", "both"),
    format: choice("json", "text"),
    fields: listOf(choice(...ACCESS_LOG_FIELD_NAMES)),
    headers: listOf(TEXT),
    filter: object({
      statusAtLeast: integer(100, 599),
      durationAtLeast: { type: "string", maxLength: 32 },
      failures: FLAG,
      methods: listOf(TEXT),
      pathPrefixes: listOf(TEXT),
      reporter: choice("source", "destination"),
      percent: PERCENT,
    }),
  }),
  tracing: object({
    disabled: FLAG,
    endpoint: { type: "string", maxLength: 2048 },
    percent: PERCENT,
    paths: listOf(object({ prefix: TEXT, percent: PERCENT }, "prefix", "percent")),
  }),
  tap: object({
    bodies: choice(...TAP_BODIES),
    redact: object({ headers: listOf(TEXT), fields: listOf(TEXT) }),
  }),
  limits: LIMITS_SCHEMA,
});
