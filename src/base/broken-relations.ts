// Which relations between limits don't hold with what documents set.

import { LIMIT_RELATIONS, type LimitRelation } from "./limit-relations.ts";
import { LIMITS, type LimitPair } from "./limits.ts";

export function brokenRelations(pairs: readonly LimitPair[]): readonly LimitRelation[] {
  if (pairs.length === 0) return [];
  const limits = { ...LIMITS, ...Object.fromEntries(pairs) };
  return LIMIT_RELATIONS.filter(({ holds }) => !holds(limits));
}
