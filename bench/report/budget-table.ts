// The budgets beside what was measured.

import type { ProxyResult } from "../proxy-result.ts";
import { BUDGETS, type Budget } from "./budgets.ts";
import type { Estimate } from "./estimate.ts";
import { markdownTable } from "./markdown-table.ts";

export type Judged = Omit<Budget, "measured"> & { readonly measured: Estimate | undefined };

const DIGITS = { x: 2, MiB: 1, KiB: 1, "%": 3, ms: 0 } as const;

// `further`: rows that other programs have measured.
export function budgetTable(result: ProxyResult, further: readonly Judged[]): string {
  const own = BUDGETS.map((budget) => ({ ...budget, measured: budget.measured(result) }));
  const head = ["row", "aim", "floor", "measured (95 %)", "holds"];
  return markdownTable(
    head,
    [...own, ...further].map((one) => [
      one.what,
      bound(one, one.aim),
      bound(one, one.floor),
      measuredText(one),
      verdict(one),
    ]),
  );
}

export function amount(value: number, unit: Budget["unit"], digits: number = DIGITS[unit]): string {
  const text = value.toFixed(digits);
  return unit === "x" ? `${text}x` : `${text} ${unit}`;
}

function bound({ unit, better }: Judged, value: number | undefined): string {
  if (value === undefined) return "";
  const whole = unit === "x" ? `${value}x` : `${value} ${unit}`;
  return better === "more" ? `at least ${whole}` : whole;
}

function measuredText({ measured, unit }: Judged): string {
  if (measured === undefined) return "not measured";
  const { value, low, high } = measured;
  // One repeat has no interval.
  if (low === high) return amount(value, unit);
  return `${amount(value, unit)} (${low.toFixed(DIGITS[unit])} to ${high.toFixed(DIGITS[unit])})`;
}

export function verdict({
  measured,
  aim,
  floor,
  better,
}: Pick<Judged, "measured" | "aim" | "floor" | "better">): string {
  if (measured === undefined) return "";
  const reaches = (limit: number | undefined) =>
    limit !== undefined && (better === "more" ? measured.value >= limit : measured.value <= limit);
  if (reaches(aim)) return "aim";
  if (reaches(floor)) return aim === undefined ? "yes" : "floor";
  // Where there is no floor, a missed aim breaks nothing.
  return floor === undefined ? "aim missed" : "**no**";
}
