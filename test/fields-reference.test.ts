// Every field of Gateway API's and Istio's kinds is honoured, reported, or means nothing here; golden
// documents show which. What isn't honoured stands in the closed lists of decision 010.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { kindSchemas } from "#control/schemas/crd-schema.ts";
import { accountedFields } from "../tools/fields/accounted-fields.ts";
import { fieldsText } from "../tools/fields/fields-text.ts";
import { type ListedField, lineFor, readListedFields } from "../tools/fields/listed-fields.ts";

const lists = readListedFields();
const kinds = accountedFields();
const fields = kinds.flatMap(({ kind, fields: own }) => own.map((field) => ({ kind, ...field })));

test("the reference says what the goldens show: node tools/generate-fields.ts", () => {
  assert.equal(readFileSync("docs/reference/fields.md", "utf8"), fieldsText(kinds, lists));
});

test("every kind that has a schema is held to account", () => {
  const schemas = new Set(kindSchemas().map(({ kind }) => kind));
  assert.deepEqual(kinds.map(({ kind }) => kind).sort(), [...schemas].sort());
  for (const { fields: own } of kinds) assert.ok(own.length > 0);
});

test("every field stands in a golden document", () => {
  const unseen = fields.filter(({ state }) => state === "unseen");
  assert.deepEqual(unseen.map(nameOf), []);
});

test("a field that is reported is on the closed list", () => {
  const reported = fields.filter(({ state }) => state === "reported");
  const unlisted = reported.filter(({ kind, path }) => isUnlisted(lists.reported, kind, path));
  assert.deepEqual(unlisted.map(nameOf), []);
});

test("a field of which some values are reported is on the closed list", () => {
  const partial = fields.filter(({ partly }) => partly !== undefined);
  const unlisted = partial.filter(({ kind, path }) => !lineFor(lists.reported, kind, path));
  assert.deepEqual(unlisted.map(nameOf), []);
});

test("a field without an effect and a diagnostic is on the list of those that mean nothing", () => {
  const silent = fields.filter(({ state }) => state === "silent");
  const unlisted = silent.filter(({ kind, path }) => isUnlisted(lists.notApplicable, kind, path));
  assert.deepEqual(unlisted.map(nameOf), []);
});

test("a line of the lists is about fields that are reported, or mean nothing", () => {
  const idle = idleLines(lists.reported, "reported");
  const wrong = idleLines(lists.notApplicable, "silent");
  assert.deepEqual([...idle, ...wrong], []);
});

function isUnlisted(lines: readonly ListedField[], kind: string, path: string): boolean {
  const line = lineFor(lines, kind, path);
  return !line || line.isPartial;
}

function idleLines(lines: readonly ListedField[], state: string): readonly string[] {
  const written = Map.groupBy(lines, (line) => `${line.kind} ${line.written}`);
  const idle = [...written].filter(([, places]) => !places.some((line) => isUsed(line, state)));
  return idle.map(([name]) => name);
}

function isUsed(line: ListedField, wanted: string): boolean {
  return fields.some(({ kind, path, state, partly }) => {
    if (lineFor([line], kind, path) !== line) return false;
    return line.isPartial ? partly !== undefined : state === wanted;
  });
}

function nameOf({ kind, path }: { readonly kind: string; readonly path: string }): string {
  return `${kind} ${path}`;
}
