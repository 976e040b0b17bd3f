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
  // biome-ignore lint/suspicious/noExplicitAny: JSON, as those programs have written it.
  readonly growthKiB: (result: any) => readonly number[];
};

type SizeRow = {
  readonly services: number;
  readonly role: string;
  readonly usedKiB: { readonly median: number };
};

const EXPECTED: readonly Expected[] = [
  {
    ...{ name: "soak", what: "growth from 1 million to 10 million requests", aim: 1, floor: 2 },
    growthKiB: ({ growthKiB }) =>
      growthKiB.map((one: { readonly growthKiB: number }) => one.growthKiB),
  },
  // Two sidecars that do the same never hold the same to the byte: bench/mesh-size.ts bears as much.
  {
    ...{ name: "mesh-size", what: "growth of a sidecar in a mesh of 10,000 services" },
    ...{ aim: 1, floor: 1, growthKiB: ({ rows }) => growthOverSizes(rows) },
  },
];

export function furtherRows(): FurtherRows {
  const found = EXPECTED.map((expected) => {
    const path = newestResult(expected.name);
    return { path, row: rowOf(expected, path) };
  });
  return { rows: found.map(({ row }) => row), paths: found.flatMap(({ path }) => path ?? []) };
}

function rowOf({ what, aim, floor, growthKiB }: Expected, path: string | undefined): Judged {
  const row = { what, aim, floor, unit: "MiB", better: "less" } as const;
  if (path === undefined) return { ...row, measured: undefined };
  const value = Math.max(...growthKiB(readResult(path))) / 1024;
  return { ...row, measured: { value, low: value, high: value } };
}

// From the smallest mesh to the largest, by role.
function growthOverSizes(rows: readonly SizeRow[]): readonly number[] {
  return [...new Set(rows.map(({ role }) => role))].map((role) => {
    const own = rows.filter((row) => row.role === role).sort((a, b) => a.services - b.services);
    return own.at(-1)!.usedKiB.median - own[0]!.usedKiB.median;
  });
}
