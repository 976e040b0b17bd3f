// docs/reference/hardening.md against the tests: every case has some, and each is there.

import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { test } from "node:test";

const CASES: readonly number[] = [...range(1, 30), ...range(46, 52)];

const rows = readFileSync("docs/reference/hardening.md", "utf8")
  .split("\n")
  .filter((line) => /^\| (\d|\|| )/.test(line) && line.includes(".test.ts`"))
  .map((line) => {
    const [, number = "", , file = "", title = ""] = line.split("|").map((cell) => cell.trim());
    return { number, file: file.replaceAll("`", ""), title };
  });

test("every case of an attack has a test, in order", () => {
  const numbers = rows.map(({ number }) => number).filter((number) => number !== "");
  assert.deepEqual(numbers.map(Number), CASES);
});

test("every test that is named there is there", () => {
  const lost = rows.filter(({ file, title }) => {
    return title === "" || !existsSync(file) || !readFileSync(file, "utf8").includes(`"${title}"`);
  });
  assert.deepEqual(lost, []);
});

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, i) => from + i);
}
