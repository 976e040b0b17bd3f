// spec.limits of a MeshConfig or a Workload: what documents may set, from where to where.

import { LIMITS, type LimitName } from "#base/limits.ts";
import { SETTABLE } from "#base/settable-limits.ts";
import { NUMBER_OR_TEXT, object, type StructuralSchema } from "./structural-schema.ts";

export const LIMITS_SCHEMA: StructuralSchema = object(
  Object.fromEntries(
    (Object.keys(SETTABLE) as LimitName[]).map((name) => [name, limitSchema(name)]),
  ),
);

// Bytes and times may be texts with a unit ("32Ki", "10s"), whose range a schema can't hold.
function limitSchema(name: LimitName): StructuralSchema {
  if (name.includes("Bytes") || name.endsWith("Ms")) return NUMBER_OR_TEXT;
  const [minimum, maximum] = SETTABLE[name];
  return { type: Number.isInteger(LIMITS[name]) ? "integer" : "number", minimum, maximum };
}
