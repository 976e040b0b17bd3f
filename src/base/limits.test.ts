// docs/reference/limits.md against the table: each name once, with its value and its reason.

import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { LIMIT_RELATIONS } from "./limit-relations.ts";
import { LIMITS, type LimitName } from "./limits.ts";
import { SETTABLE } from "./settable-limits.ts";

const KiB = 1024;
const MiB = 1024 * KiB;
const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;

const reference = readFileSync("docs/reference/limits.md", "utf8");

const settable = new Map<string, readonly [number, number]>(Object.entries(SETTABLE));

test("every limit stands in the reference once, in the order of the table, with its value", () => {
  const rows = [...reference.matchAll(/^\| `(\w+)` \| ([^|]+) \|/gm)];
  assert.deepEqual(
    rows.map(([, name, value]) => [name, value]),
    Object.entries(LIMITS).map(([name, value]) => [name, shown(name, value)]),
  );
});

test("the reference says of every limit whether documents set it, and from where to where", () => {
  const rows = [...reference.matchAll(/^\| `(\w+)` \| [^|]+ \| ([^|]+) \|/gm)];
  assert.deepEqual(
    rows.map(([, name, mark]) => [name, mark]),
    Object.keys(LIMITS).map((name) => [name, markOf(name)]),
  );
});

test("the reference lists what settable limits owe each other", () => {
  const rows = [...reference.matchAll(/^- `([^`]+)`: (.*)$/gm)];
  const concerned = LIMIT_RELATIONS.filter(({ says }) =>
    namesIn(says).some((n) => settable.has(n)),
  );
  assert.deepEqual(
    rows.map(([, says, why]) => [says, why]),
    concerned.map(({ says, why }) => [says, why]),
  );
});

test("a default lies between its floor and its ceiling", () => {
  for (const [name, [floor, ceiling]] of settable) {
    const value = LIMITS[name as LimitName];
    assert.ok(floor <= value && value <= ceiling, name);
  }
});

test("a relation names limits, and looks at those that it names", () => {
  for (const { says, holds } of LIMIT_RELATIONS) {
    const seen = new Set<string>();
    const watched = new Proxy(LIMITS, {
      get(limits, name: string) {
        seen.add(name);
        return Reflect.get(limits, name);
      },
    });
    holds(watched);
    assert.deepEqual([...seen].sort(), [...new Set(namesIn(says))].sort(), says);
  }
});

test("the data plane reads settable limits from those in force, and every one of them", () => {
  const paths = globSync("src/proxy/**/*.ts").filter(
    (path) => !/\.(test|bench|fuzz)\.ts$/.test(path),
  );
  const sources = paths.map((path) => [path, readFileSync(path, "utf8")] as const);
  const constants = sources.flatMap(([path, text]) =>
    [...text.matchAll(/\bLIMITS\.(\w+)/g)]
      .filter(([, name = ""]) => settable.has(name) && name !== "hpackTableBytes")
      .map(([found]) => `${path}: ${found}`),
  );
  assert.deepEqual(constants, []);
  const all = sources.map(([, text]) => text).join("\n");
  const unread = [...settable.keys()].filter((name) => !new RegExp(`\\b${name}\\b`).test(all));
  assert.deepEqual(unread, []);
});

test("every limit of the reference says what it bounds, and why it is so", () => {
  for (const [row] of reference.matchAll(/^\| `.*$/gm)) {
    const cells = row.split(" | ");
    assert.equal(cells.length, 5, row);
    for (const cell of cells) assert.ok(cell.replaceAll("|", "").trim() !== "", row);
  }
});

function namesIn(relation: string): string[] {
  return [...relation.matchAll(/[a-z]+[A-Z]\w*/g)].map(([name]) => name);
}

function markOf(name: string): string {
  const range = settable.get(name);
  return range ? range.map((value) => shown(name, value)).join(" to ") : "no";
}

// With the largest unit in which it is a whole number.
function shown(name: string, value: number): string {
  if (value === 0) return name.includes("Bytes") ? "0 bytes" : name.endsWith("Ms") ? "0 ms" : "0";
  if (name.includes("Bytes")) {
    if (value % MiB === 0) return `${value / MiB} MiB`;
    return value % KiB === 0 ? `${value / KiB} KiB` : `${value} bytes`;
  }
  if (!name.endsWith("Ms")) return String(value);
  if (value % HOUR_MS === 0) return `${value / HOUR_MS} h`;
  if (value % MINUTE_MS === 0) return `${value / MINUTE_MS} min`;
  return value % SECOND_MS === 0 ? `${value / SECOND_MS} s` : `${value} ms`;
}
