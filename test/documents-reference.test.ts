// docs/reference/documents.md against the code: every kind that is read has its section, and the
// examples are right.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { discover } from "#control/discovery/discover.ts";
import { translatedKinds, translatorOf } from "#control/discovery/translators.ts";
import { parseDocuments } from "#control/sources/parse-documents.ts";

const reference = readFileSync("docs/reference/documents.md", "utf8");

test("every kind that is read has a section, and a row with its versions", () => {
  for (const key of translatedKinds()) {
    const [group = "", kind = ""] = key.split("/");
    assert.match(reference, new RegExp(`^## ${kind}$`, "m"));
    const [first, ...others] = translatorOf(group, kind)!.versions;
    const versions = [group === "" ? first : `${group}/${first}`, ...others];
    const row = `| [${kind}](#${kind.toLowerCase()}) | \`${versions.join("`, `")}\` |`;
    assert.ok(reference.includes(row), row);
  }
});

test("the examples of the reference are read without a word, but for services they lack", () => {
  const examples = [...reference.matchAll(/^```yaml\n(.*?)^```/gms)].map(([, text]) => text);
  const parsed = parseDocuments("example.yaml", examples.join("---\n"));
  const { diagnostics, model } = discover(parsed);
  assert.deepEqual(
    diagnostics.filter(({ code }) => code !== "WEFT201"),
    [],
  );
  assert.deepEqual([model.workloads.length, model.mesh.trustDomain], [1, "mesh.local"]);
});
