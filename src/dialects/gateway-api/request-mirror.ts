// A RequestMirror filter: who gets a copy of the requests, and of how many.

import type { FieldReader } from "#ir/field-reader.ts";
import type { RouteMirror } from "#ir/route-traffic.ts";
import { readBackendObject } from "./backend-object.ts";

const ALL_PERCENT = 100;
const MOST = 2_147_483_647;

// Undefined where it can't be read, and is reported: nothing is mirrored then.
export function readRequestMirror(filter: FieldReader, namespace: string): RouteMirror | undefined {
  filter.require("requestMirror", "the backend that gets the copies");
  const reader = filter.object("requestMirror");
  if (!reader) return undefined;
  const share = readShare(reader);
  reader.require("backendRef", "the service that gets the copies");
  const ref = reader.object("backendRef");
  if (!ref) return undefined;
  const object = readBackendObject(ref, namespace, "it gets no copies");
  if (typeof object === "string" || !filter.finish()) return undefined;
  const target = { kind: "service", ...object, subset: undefined, weight: 1 } as const;
  return { backend: { ...target, origin: ref.origin }, share, marksAuthority: false };
}

function readShare(reader: FieldReader): number {
  const percent = reader.integer("percent", 0, ALL_PERCENT);
  const fraction = reader.object("fraction");
  if (!fraction) return (percent ?? ALL_PERCENT) / ALL_PERCENT;
  if (percent !== undefined) reader.invalid("percent", "absent where fraction is there");
  fraction.require("numerator", "a whole number");
  const denominator = fraction.integer("denominator", 1, MOST) ?? ALL_PERCENT;
  const numerator = fraction.integer("numerator", 0, MOST) ?? 0;
  if (numerator <= denominator) return numerator / denominator;
  fraction.invalid("numerator", "a number no larger than denominator");
  return 1;
}
