// The demo's documents as they stand in the example, with where its applications are found.

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const BOOKSHOP = join(import.meta.dirname, "../../examples/bookshop");
const LOAD = "visitors.yaml";

export function bookshopDocuments({ hasLoad = false } = {}): Record<string, string> {
  const files = readdirSync(join(BOOKSHOP, "mesh")).filter((file) => hasLoad || file !== LOAD);
  return Object.fromEntries(
    files.map((file) => {
      const text = readFileSync(join(BOOKSHOP, "mesh", file), "utf8");
      return [file, text.replaceAll("workingFolder: ..", `workingFolder: ${BOOKSHOP}`)];
    }),
  );
}
