// Limits that documents set in several places: of one name, the last wins. What is as by default is
// left out, so that two ways to say the same thing are the same plan.

import { LIMITS, type LimitName, type LimitPair } from "./limits.ts";
import { SETTABLE } from "./settable-limits.ts";

export function mergeLimits(...sets: readonly (readonly LimitPair[])[]): readonly LimitPair[] {
  const set = new Map(sets.flat());
  return (Object.keys(SETTABLE) as LimitName[]).flatMap((name): LimitPair[] => {
    const value = set.get(name);
    return value === undefined || value === LIMITS[name] ? [] : [[name, value]];
  });
}
