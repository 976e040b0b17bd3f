// "250ms", "30s" or "5m" -> milliseconds.

import { InvalidArgumentError } from "commander";

const UNITS: ReadonlyMap<string, number> = new Map([
  ["ms", 1],
  ["s", 1_000],
  ["m", 60_000],
  ["h", 3_600_000],
]);

export function parseFor(text: string): number {
  const [, amount, unit = ""] = /^(\d{1,6})(ms|s|m|h)$/.exec(text) ?? [];
  const factor = UNITS.get(unit);
  if (amount === undefined || factor === undefined) {
    throw new InvalidArgumentError("must be like 30s or 5m");
  }
  return Number(amount) * factor;
}
