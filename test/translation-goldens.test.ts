// Documents of every dialect, and what they mean: x.in.yaml beside x.ir.json and x.diagnostics.txt
// in src/dialects/<dialect>/golden. A new case needs no code; write its goldens with
// node --test --test-update-snapshots test/translation-goldens.test.ts

import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { basename, resolve } from "node:path";
import { test } from "node:test";
import { discover } from "#control/discovery/discover.ts";
import { parseDocuments } from "#control/sources/parse-documents.ts";
import { diagnosticText } from "#ir/diagnostic-text.ts";
import type { ObjectRef } from "#ir/origin.ts";

const cases = globSync("src/dialects/*/golden/*.in.yaml").sort();

test("every dialect has goldens", () => {
  const dialects = new Set(cases.map((path) => path.split("/")[2]));
  assert.deepEqual([...dialects], ["gateway-api", "istio", "kubernetes", "weft"]);
});

for (const path of cases) {
  const stem = path.slice(0, -".in.yaml".length);
  test(`${stem.replace("src/dialects/", "")} means what its goldens say`, (t) => {
    const parsed = parseDocuments(basename(path), readFileSync(path, "utf8"));
    const { model, diagnostics } = discover(parsed);
    // What workloads depend on is checked by discovery, against services that the cases lack.
    const own = diagnostics.filter(({ code, ref }) => !(code === "WEFT201" && isWorkload(ref)));
    const lines = own.map((diagnostic) => `${diagnosticText(diagnostic)}\n`).join("");
    const asIs = { serializers: [String] };
    t.assert.fileSnapshot(modelText(model), resolve(`${stem}.ir.json`), asIs);
    t.assert.fileSnapshot(lines || "none\n", resolve(`${stem}.diagnostics.txt`), asIs);
  });
}

function isWorkload(ref: ObjectRef | undefined): boolean {
  return ref?.kind === "Workload";
}

// Without what is empty: a case shows what it is about.
function modelText(model: object): string {
  const filled = Object.entries(model).filter(([, value]) => !isEmptyList(value));
  return `${JSON.stringify(Object.fromEntries(filled), asJson, 2)}\n`;
}

function isEmptyList(value: unknown): boolean {
  return Array.isArray(value) && value.length === 0;
}

function asJson(_: string, value: unknown): unknown {
  return value instanceof Map ? Object.fromEntries(value) : value;
}
