// What the filters of one rule, or of one of its backends, come to.

import type { RequestShape } from "#ir/request-shape.ts";
import type { Redirect } from "#ir/route-reply.ts";

export type ShapeFound = {
  readonly isOnBackend: boolean;
  // The rule has one match, and that is by a prefix of the path.
  readonly hasOnePrefix: boolean;
  readonly types: Set<string>; // so far
  shape: RequestShape | undefined;
  reply: Redirect | undefined;
};

export function nothingFound(isOnBackend: boolean, hasOnePrefix: boolean): ShapeFound {
  return { isOnBackend, hasOnePrefix, types: new Set(), shape: undefined, reply: undefined };
}
