// What to say of limits that contradict each other.

import type { LimitRelation } from "#base/limit-relations.ts";
import { type AllLimits, LIMITS, type LimitPair } from "#base/limits.ts";

export type LimitConflict = {
  // The first limit of the relation that the document sets.
  readonly name: string;
  readonly message: string;
  readonly remedy: string;
};

const NAME = /[a-z]+[A-Z]\w*/g;

// `own`: what the document sets; `inForce`: what would hold with it.
export function limitConflict(
  { says, why }: LimitRelation,
  own: readonly LimitPair[],
  inForce: readonly LimitPair[],
): LimitConflict {
  const names = [...says.matchAll(NAME)].map(([name]) => name as keyof AllLimits);
  const limits: AllLimits = { ...LIMITS, ...Object.fromEntries(inForce) };
  const values = names.map((name) => `${name} is ${limits[name]}`).join(", ");
  return {
    name: names.find((name) => own.some(([set]) => set === name)) ?? "",
    message: `The limits contradict each other: ${says}, since ${why}; but ${values}`,
    remedy: `Set ${names.join(" and ")} so that they agree; until then the last good ones hold.`,
  };
}
