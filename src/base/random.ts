// Randomness as a parameter. Numbers for chances and jitter, never for secrets.

// A number in [0, 1).
export type Random = () => number;

export const systemRandom: Random = () => Math.random();

// mulberry32: small, seeded, good enough to replay a test.
export function seededRandom(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
