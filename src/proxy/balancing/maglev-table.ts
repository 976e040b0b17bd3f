// Maglev's table (Eisenbud and others, 2016, section 3.4): each endpoint walks over all slots in an
// order of its own, and in turn takes the next one that is free. Shares are as equal as can be; an
// endpoint that comes or goes moves little besides its own slots.

import { hashText } from "./hash-text.ts";
import type { OwnerTable } from "./owner-table.ts";

const SKIP_SEED = 0x5bd1e995;

// `slots` is prime, so that every walk meets every slot.
export function maglevTable(keys: readonly string[], slots: number): OwnerTable {
  const owners = new Int32Array(keys.length === 0 ? 0 : slots).fill(-1);
  const at = keys.map((key) => hashText(key) % slots);
  const skips = keys.map((key) => {
    return slots < 3 ? 1 : (hashText(key, 0, key.length, SKIP_SEED) % (slots - 1)) + 1;
  });
  for (let taken = 0; taken < owners.length; ) {
    for (let owner = 0; owner < keys.length && taken < owners.length; owner++) {
      while (owners[at[owner]!] !== -1) at[owner] = (at[owner]! + skips[owner]!) % slots;
      owners[at[owner]!] = owner;
      taken++;
    }
  }
  return { owners, points: undefined };
}
