import assert from "node:assert/strict";
import { test } from "node:test";
import { type Column, tableText } from "./table-text.ts";

type Row = { readonly name: string; readonly rps: string };

const COLUMNS: readonly Column<Row>[] = [
  { title: "NAME", text: ({ name }) => name },
  { title: "RPS", align: "right", text: ({ rps }) => rps },
];

test("columns are as wide as their widest cell, numbers to the right", () => {
  const rows = [
    { name: "web", rps: "1.0rps" },
    { name: "reviews-v1", rps: "1200.0rps" },
  ];
  assert.equal(
    tableText(COLUMNS, rows),
    ["NAME              RPS", "web            1.0rps", "reviews-v1  1200.0rps", ""].join("\n"),
  );
});

test("what is unknown is a dash", () => {
  assert.equal(tableText(COLUMNS, [{ name: "web", rps: "" }]), "NAME  RPS\nweb     -\n");
});

test("a name can't steer the terminal", () => {
  const text = tableText(COLUMNS, [{ name: "a\u001b[2Jb\nc", rps: "" }]);
  assert.ok(text.includes("a·[2Jb·c"));
});
