// The spec of a MeshConfig.

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
  limits: LIMITS_SCHEMA,
});
