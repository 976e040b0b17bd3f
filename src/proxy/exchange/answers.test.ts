import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { ANSWERS } from "./answers.ts";

test("docs/reference/causes.md has each cause, with its status and flag", () => {
  const rows = readFileSync("docs/reference/causes.md", "utf8")
    .split("\n")
    .filter((line) => line.startsWith("| `"))
    .map((line) => line.split("|").map((cell) => cell.trim()));
  const documented = rows.map(([, code, http, grpc, flag]) => [code, http, grpc, flag]);
  const actual = Object.entries(ANSWERS).map(([code, { status, grpc, flag }]) => [
    `\`${code}\``,
    String(status),
    String(grpc),
    flag,
  ]);
  assert.deepEqual(documented, actual);
});
