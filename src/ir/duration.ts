// A duration as Go writes it: "24h", "1h30m", "10s", "1.5s", "250ms".

const UNITS_MS: ReadonlyMap<string, number> = new Map([
  ["h", 3_600_000],
  ["m", 60_000],
  ["s", 1_000],
  ["ms", 1],
]);
const LENGTH_MAX = 32;
const PART = /(\d+(?:\.\d+)?)(ms|h|m|s)/y;

// Undefined where it is none.
export function parseDurationMs(text: string): number | undefined {
  if (text === "" || text.length > LENGTH_MAX) return undefined;
  let totalMs = 0;
  let at = 0;
  while (at < text.length) {
    PART.lastIndex = at;
    const part = PART.exec(text);
    if (!part) return undefined;
    totalMs += Number(part[1]) * UNITS_MS.get(part[2]!)!;
    at += part[0].length;
  }
  return totalMs;
}
