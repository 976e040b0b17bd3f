// docs/reference/diagnostics.md against the code: every diagnostic stands there, and its example
// really causes it.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { parseDocuments } from "#control/sources/parse-documents.ts";
import { analyzeDocuments } from "#insight/analyze/analyze.ts";
import { DIAGNOSTIC_CODES, type DiagnosticCode } from "#ir/diagnostic.ts";

// What no short example shows: traffic has to come first, or many documents.
const WITHOUT_EXAMPLE: readonly string[] = ["WEFT209", "WEFT301", "WEFT401"];

const sections = readFileSync("docs/reference/diagnostics.md", "utf8")
  .split(/^## /m)
  .slice(1)
  .map((text) => ({ title: text.split("\n", 1)[0]!, text }));

test("the reference has a section for every code, in order, and for no other", () => {
  const titles = sections.map(({ title }) => title.split(":", 1)[0]);
  assert.deepEqual(titles, Object.keys(DIAGNOSTIC_CODES));
});

for (const { title, text } of sections) {
  const code = title.slice(0, title.indexOf(":")) as DiagnosticCode;

  test(`the section of ${code} bears the code's own words and a remedy`, () => {
    const words = DIAGNOSTIC_CODES[code].replace(/ \(.*\)/, "");
    assert.equal(title.toLowerCase(), `${code}: ${words}`.toLowerCase());
    assert.match(text, /^Remedy: /m);
  });

  if (WITHOUT_EXAMPLE.includes(code)) continue;
  test(`the example of ${code} causes it`, () => {
    const example = /^```yaml\n(.*?)^```/ms.exec(text)?.[1];
    assert.ok(example);
    const all = analyzeDocuments(parseDocuments("example.yaml", example));
    assert.ok(all.some((diagnostic) => diagnostic.code === code));
  });
}
