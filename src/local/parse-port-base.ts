// --port-base N: 0 for any free ports, else a number that leaves room for the ports above it.

const LEAST = 1024;
const MOST = 65_000;

export function parsePortBase(text: string): number | undefined {
  if (!/^\d{1,5}$/.test(text)) return undefined;
  const base = Number(text);
  return base === 0 || (base >= LEAST && base <= MOST) ? base : undefined;
}
