// Rows of the budget table that other programs measure, each with results of its own. Such a result
// says under `budgets` how it is to be judged.

import type { Judged } from "./budget-table.ts";
import { newestResult, readResult } from "./result-files.ts";

// What stands in the table while nobody has measured it.
const EXPECTED = [
  { name: "soak", what: "growth from 1 million to 10 million requests", aim: 1, floor: 2 },
  { name: "mesh-size", what: "growth of a sidecar in a mesh of 10,000 services", aim: 0, floor: 0 },
] as const;

export type FurtherRows = {
  readonly rows: readonly Judged[];
  readonly paths: readonly string[];
};

export function furtherRows(): FurtherRows {
  const found = EXPECTED.map((expected) => {
    const path = newestResult(expected.name);
    const rows: readonly Judged[] =
      path === undefined ? [unmeasured(expected)] : readResult(path).budgets;
    return { path, rows };
  });
  return {
    rows: found.flatMap(({ rows }) => rows),
    paths: found.flatMap(({ path }) => path ?? []),
  };
}

function unmeasured({ what, aim, floor }: (typeof EXPECTED)[number]): Judged {
  return { what, aim, floor, unit: "MiB", better: "less", measured: undefined };
}
