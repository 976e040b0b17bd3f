// The settable limits as they hold now. Who makes a connection reads `current` once and keeps what
// it got; a change holds for what is made after it.

import { LIMITS, type LimitName, type LimitPair, type Limits } from "./limits.ts";
import { SETTABLE } from "./settable-limits.ts";

const NAMES = Object.keys(SETTABLE) as LimitName[];

export class LimitsInForce {
  #current: Limits = limitsWith([]);

  get current(): Limits {
    return this.#current;
  }

  replace(pairs: readonly LimitPair[]): void {
    this.#current = limitsWith(pairs);
  }
}

// All of them in the same order, so that all have one hidden class; and made from entries, since an
// object that is filled one by one becomes a table of hashes, and these are read some twenty times
// for each request. A name that this version doesn't know is passed over: the control plane may be
// newer.
function limitsWith(pairs: readonly LimitPair[]): Limits {
  const set = new Map(pairs);
  const entries = NAMES.map((name) => [name, set.get(name) ?? LIMITS[name]] as const);
  return Object.fromEntries(entries) as Limits;
}
