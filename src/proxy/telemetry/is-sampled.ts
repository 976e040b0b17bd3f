// Hot path.
//
// Whether a traceparent says that its trace is kept: the lowest bit of its flags.
// https://www.w3.org/TR/trace-context/#trace-flags: 00-<32 hex>-<16 hex>-<flags>

const [FLAGS_AT, FLAGS_END] = [53, 55];
const ZERO = 0x30;

export function isSampled(traceparent: string): boolean {
  if (traceparent.length < FLAGS_END) return false;
  // Most are 00: these need not be cut out.
  if (traceparent.charCodeAt(FLAGS_END - 1) === ZERO) return false;
  return (Number.parseInt(traceparent.slice(FLAGS_AT, FLAGS_END), 16) & 1) === 1;
}
