// "20s", "1m30s", "500ms", "2h" -> milliseconds; undefined for anything else.

const UNITS_MS: ReadonlyMap<string, number> = new Map([
  ["ms", 1],
  ["s", 1000],
  ["m", 60_000],
  ["h", 3_600_000],
]);

// setTimeout can't do more: about 24 days.
const MOST_MS = 2_147_483_647;

export function parseDurationMs(text: string): number | undefined {
  if (!/^(\d{1,9}(\.\d{1,3})?(ms|s|m|h))+$/.test(text)) return undefined;
  let totalMs = 0;
  for (const [, amount = "", unit = ""] of text.matchAll(/([\d.]+)(ms|s|m|h)/g)) {
    totalMs += Number(amount) * (UNITS_MS.get(unit) ?? Number.NaN);
  }
  return totalMs <= MOST_MS ? totalMs : undefined;
}
