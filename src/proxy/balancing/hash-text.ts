// Hot path.
//
// A part of a text as 32 bits: FNV-1a, stirred at the end as MurmurHash3 does, since FNV alone
// leaves what is alike close together.

const START = 0x811c9dc5;
const PRIME = 0x01000193;

export function hashText(text: string, from = 0, to = text.length, seed = 0): number {
  let hash = START ^ seed;
  for (let at = from; at < to; at++) hash = Math.imul(hash ^ text.charCodeAt(at), PRIME);
  hash ^= hash >>> 16;
  hash = Math.imul(hash, 0x85ebca6b);
  hash ^= hash >>> 13;
  hash = Math.imul(hash, 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
