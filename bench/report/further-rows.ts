// Rows of the budget table that other programs measure, each with results of its own: what a sidecar
// grows by, of the two of a pair the one that grows by more.

import type { Judged } from "./budget-table.ts";
import { newestResult, readResult } from "./result-files.ts";

export type FurtherRows = {
  readonly rows: readonly Judged[];
  readonly paths: readonly string[];
};

type Expected = Pick<Judged, "aim" | "floor"> & {
  readonly name: string; // of the result files
  readonly what: string;
};

const EXPECTED: readonly Expected[] = [
  { name: "soak", what: "growth from 1 million to 10 million requests", aim: 1, floor: 2 },
  // Two sidecars that do the same never hold the same to the byte.
  {
    name: "mesh-size",
    what: "growth of a sidecar in a mesh of 10,000 services",
    ...{ aim: 0.5, floor: 0.5 },
  },
];

export function furtherRows(): FurtherRows {
  const found = EXPECTED.map((expected) => {
    const path = newestResult(expected.name);
    return { path, row: rowOf(expected, path) };
  });
  return { rows: found.map(({ row }) => row), paths: found.flatMap(({ path }) => path ?? []) };
}

function rowOf({ what, aim, floor }: Expected, path: string | undefined): Judged {
  const row = { what, aim, floor, unit: "MiB", better: "less" } as const;
  if (path === undefined) return { ...row, measured: undefined };
  const growth: readonly { readonly growthKiB: number }[] = readResult(path).growthKiB;
  const value = Math.max(...growth.map(({ growthKiB }) => growthKiB)) / 1024;
  return { ...row, measured: { value, low: value, high: value } };
}
