// Hot path.
//
// Percentages of a rule: does this request belong to the share? Each purpose has a draw of its own,
// made of the request's one recorded draw, so that a replay decides the same; and independent of
// the others: those who are delayed are not for that reason the ones who are mirrored.

export const DELAY = 1;
export const ABORT = 2;
// And on: one for each mirror of the rule.
export const MIRROR = 3;

const TWO_32 = 4_294_967_296;

// `share` and `draw` are 0 to 1.
export function isHit(share: number, draw: number, purpose: number): boolean {
  if (share >= 1) return true;
  const high = draw * TWO_32;
  const low = (high - Math.floor(high)) * TWO_32;
  const seed = mixed((high >>> 0) ^ mixed((low >>> 0) + purpose));
  return seed / TWO_32 < share;
}

// MurmurHash3's last steps: each bit of the input turns over half of the output's.
function mixed(number: number): number {
  let hash = Math.imul(number ^ (number >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
