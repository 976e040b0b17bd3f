// The spec of a Workload.

import { LIMITS_SCHEMA } from "./limits-schema.ts";
import {
  choice,
  integer,
  listOf,
  mapOf,
  NUMBER_OR_TEXT,
  object,
  type StructuralSchema,
  TEXT,
} from "./structural-schema.ts";

const PORT = object(
  {
    name: { type: "string", pattern: "^[a-z0-9]([-a-z0-9]*[a-z0-9])?$", maxLength: 63 },
    port: integer(0, 65_535),
    protocol: choice("http", "http2", "grpc", "tcp"),
  },
  "name",
);

const DEPENDENCY = object(
  { service: TEXT, port: integer(1, 65_535), protocol: choice("http", "tcp") },
  "service",
  "port",
);

export const WORKLOAD_SCHEMA: StructuralSchema = object(
  {
    command: { type: "array", items: TEXT, minItems: 1 },
    workingFolder: TEXT,
    environment: mapOf(TEXT),
    serviceAccount: { type: "string", maxLength: 253 },
    ports: listOf(PORT),
    dependencies: listOf(DEPENDENCY),
    readiness: object({
      http: object({ port: NUMBER_OR_TEXT, path: TEXT }),
      tcp: object({ port: NUMBER_OR_TEXT }),
    }),
    limits: LIMITS_SCHEMA,
  },
  "command",
);
