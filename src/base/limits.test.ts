// docs/reference/limits.md against the table: each name once, with its value and its reason.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { LIMITS } from "./limits.ts";

const KiB = 1024;
const MiB = 1024 * KiB;
const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;

const reference = readFileSync("docs/reference/limits.md", "utf8");

test("every limit stands in the reference once, in the order of the table, with its value", () => {
  const rows = [...reference.matchAll(/^\| `(\w+)` \| ([^|]+) \|/gm)];
  assert.deepEqual(
    rows.map(([, name, value]) => [name, value]),
    Object.entries(LIMITS).map(([name, value]) => [name, shown(name, value)]),
  );
});

test("every limit of the reference says what it bounds, and why it is so", () => {
  for (const [row] of reference.matchAll(/^\| `.*$/gm)) {
    const cells = row.split(" | ");
    assert.equal(cells.length, 4, row);
    for (const cell of cells) assert.ok(cell.replaceAll("|", "").trim() !== "", row);
  }
});

// With the largest unit in which it is a whole number.
function shown(name: string, value: number): string {
  if (name.includes("Bytes")) {
    if (value % MiB === 0) return `${value / MiB} MiB`;
    return value % KiB === 0 ? `${value / KiB} KiB` : `${value} bytes`;
  }
  if (!name.endsWith("Ms")) return String(value);
  if (value % HOUR_MS === 0) return `${value / HOUR_MS} h`;
  if (value % MINUTE_MS === 0) return `${value / MINUTE_MS} min`;
  return value % SECOND_MS === 0 ? `${value / SECOND_MS} s` : `${value} ms`;
}
