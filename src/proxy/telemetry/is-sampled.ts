// Hot path.
//
// Whether a traceparent says that its trace is kept: the lowest bit of its flags.
// https://www.w3.org/TR/trace-context/#trace-flags: 00-<32 hex>-<16 hex>-<flags>

const FLAGS_END = 55;
const LETTERS_FROM = 0x61;

export function isSampled(traceparent: string): boolean {
  if (traceparent.length < FLAGS_END) return false;
  const digit = traceparent.charCodeAt(FLAGS_END - 1);
  // a is ten, and even, and an odd unit.
  return (digit & 1) === (digit < LETTERS_FROM ? 1 : 0);
}
