// The spec of a FaultInjection.

import { integer, object, type StructuralSchema, TEXT } from "./structural-schema.ts";

const PERCENT = integer(0, 100);

export const FAULT_INJECTION_SCHEMA: StructuralSchema = object(
  {
    service: TEXT,
    port: integer(1, 65_535),
    delay: object({ percent: PERCENT, duration: TEXT }, "duration"),
    abort: object({ percent: PERCENT, status: integer(400, 599) }),
  },
  "service",
);
