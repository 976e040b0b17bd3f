// Hot path.
//
// FNV-1a, character by character, so that one walk over a path yields the hash of each of its
// beginnings. Only configuration fills the table, so nobody can aim collisions at it.

export const PATH_HASH_START = 0x811c9dc5 | 0;

export function hashPathStep(hash: number, character: number): number {
  return Math.imul(hash ^ character, 0x01000193);
}

// FNV's low bits alone spread short paths badly.
export function slotOf(hash: number, slots: number): number {
  return (hash ^ (hash >>> 15)) & (slots - 1);
}
