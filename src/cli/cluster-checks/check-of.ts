// Results of checks.

import type { Check } from "#api/check-result.ts";

const NAMED_MOST = 5;

export function passed(name: string, detail = ""): Check {
  return { name, state: "pass", detail, hint: null };
}

export function warned(name: string, detail: string, hint: string): Check {
  return { name, state: "warning", detail, hint };
}

export function failed(name: string, detail: string, hint: string): Check {
  return { name, state: "failure", detail, hint };
}

// "a, b and 3 more".
export function namedText(names: readonly string[]): string {
  const shown = names.slice(0, NAMED_MOST).join(", ");
  const more = names.length - NAMED_MOST;
  return more > 0 ? `${shown} and ${more} more` : shown;
}
