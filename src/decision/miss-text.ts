// Values for people, as an explanation shows them.

import type { PathMatchPlan, StringMatchPlan } from "#snapshot/plan.ts";

export function expectedText(match: StringMatchPlan | PathMatchPlan): string {
  switch (match.kind) {
    case "exact":
      return match.value;
    case "prefix":
    case "segment-prefix":
      return `${match.value}...`;
    case "regex":
      return `/${match.value}/`;
    case "present":
      return "any value";
  }
}

export function valuesOf(headers: readonly string[], name: string): string | undefined {
  const values = headers.filter((_, i) => i % 2 === 1 && headers[i - 1] === name);
  return values.length === 0 ? undefined : values.join(", ");
}
