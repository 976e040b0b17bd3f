// Finds the newest results among those that are kept.

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

export const CHECKOUT = join(import.meta.dirname, "..", "..");
const FOLDER = join("bench", "results");

// Inside the checkout; undefined: there is none of that name. A file's name ends with its time.
export function newestResult(name: string): string | undefined {
  const files = readdirSync(join(CHECKOUT, FOLDER))
    .filter((file) => new RegExp(`^${name}-\\d{4}-.*\\.json$`).test(file))
    .sort();
  const newest = files.at(-1);
  return newest === undefined ? undefined : join(FOLDER, newest);
}

// biome-ignore lint/suspicious/noExplicitAny: JSON, as the program of that name has written it.
export function readResult(path: string): any {
  return JSON.parse(readFileSync(join(CHECKOUT, path), "utf8"));
}
