// A ring of hashes (Karger, 1997): each endpoint has as many points on it, at least `pointsMin`
// together. An endpoint that comes or goes moves only what lies before its own points.

import { hashText } from "./hash-text.ts";
import type { OwnerTable } from "./owner-table.ts";

// A hash and an owner fit into one number, so that they are sorted without a comparison of ours.
const OWNERS_MOST = 2 ** 21;
const POINTS_MOST = 65_536;

export function hashRing(keys: readonly string[], pointsMin: number): OwnerTable {
  const each = pointsEach(keys.length, pointsMin);
  const sorted = new Float64Array(each * keys.length);
  keys.forEach((key, owner) => {
    for (let i = 0; i < each; i++) {
      sorted[owner * each + i] = hashText(`${key}_${i}`) * OWNERS_MOST + owner;
    }
  });
  sorted.sort();
  return {
    points: Uint32Array.from(sorted, (value) => Math.floor(value / OWNERS_MOST)),
    owners: Int32Array.from(sorted, (value) => value % OWNERS_MOST),
  };
}

// The same for any two or more endpoints, as far as that isn't too many: if it depended on their
// number, one that comes or goes would move points of all others.
function pointsEach(endpoints: number, pointsMin: number): number {
  const count = Math.max(1, endpoints);
  const same = Math.min(Math.ceil(pointsMin / 2), Math.floor(POINTS_MOST / count));
  return Math.max(1, same, Math.ceil(pointsMin / count));
}
