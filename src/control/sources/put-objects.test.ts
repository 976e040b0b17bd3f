import assert from "node:assert/strict";
import { test } from "node:test";
import { putObjects } from "./put-objects.ts";

const object = (name: string, said: string) =>
  `kind: A\napiVersion: v1\nmetadata: { name: ${name} } # ${said}\n`;

test("an object takes the place of its older self, wherever that stands", () => {
  const standing = [
    { file: "a.yaml", text: object("one", "old") },
    { file: "b.yaml", text: `${object("two", "old")}---\n${object("three", "old")}` },
  ];
  const coming = [{ file: "new.yaml", text: object("three", "new") }];
  assert.deepEqual(putObjects(standing, coming), [
    { file: "b.yaml", text: `${object("two", "old")}---\n${object("three", "new")}` },
  ]);
});

test("new objects come to the end of a file of their own name", () => {
  const standing = [{ file: "a.yaml", text: object("one", "old") }];
  const coming = [
    { file: "a.yaml", text: `${object("one", "old")}---\n${object("two", "new")}` },
    { file: "c.yaml", text: object("three", "new") },
  ];
  assert.deepEqual(putObjects(standing, coming), [
    { file: "a.yaml", text: `${object("one", "old")}---\n${object("two", "new")}` },
    { file: "c.yaml", text: object("three", "new") },
  ]);
});

test("what says the same already changes nothing, and what is no object is left out", () => {
  const standing = [{ file: "a.yaml", text: `# top\n---\n${object("one", "old")}` }];
  const coming = [{ file: "b.yaml", text: `--- # a line\n${object("one", "old")}--- \n# end\n` }];
  assert.deepEqual(putObjects(standing, coming), []);
});
