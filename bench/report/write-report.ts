// Writes docs/reference/performance.md, scale.md and the README's table from the newest results that are kept.

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { ProxyResult } from "../proxy-result.ts";
import { furtherRows } from "./further-rows.ts";
import { performancePage } from "./performance-page.ts";
import { withReadmeTable } from "./readme-table.ts";
import { CHECKOUT, newestResult, readResult } from "./result-files.ts";
import { scalePage } from "./scale-page.ts";

export type Report = { readonly path: string; readonly text: string };

export function writeReport(): void {
  if (reports().length === 0) throw new Error("Nothing was kept yet by `npm run bench:proxy`");
  for (const { path, text } of reports()) writeFileSync(join(CHECKOUT, path), text);
}

// What should stand in the files that are generated; none, while no result is kept.
export function reports(): readonly Report[] {
  const path = newestResult("proxy");
  if (path === undefined) return [];
  const result: ProxyResult = readResult(path);
  const { rows, paths } = furtherRows();
  const scale = scalePage();
  const notes = readFileSync(join(CHECKOUT, "docs/reference/performance-notes.md"), "utf8");
  const readme = readFileSync(join(CHECKOUT, "README.md"), "utf8");
  return [
    {
      path: "docs/reference/performance.md",
      text: performancePage({ result, path, further: rows, furtherPaths: paths, notes }),
    },
    { path: "README.md", text: withReadmeTable(readme, result, path) },
    ...(scale === undefined ? [] : [{ path: "docs/reference/scale.md", text: scale }]),
  ];
}
