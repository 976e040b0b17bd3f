import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { guideBlocks, guideScript } from "./kubernetes/guide.ts";

const PAGE = "docs/guides/kubernetes.md";

test("a page's blocks of sh are found, and no others", () => {
  const page = ["```sh", "a", "b", "```", "text", "```yaml", "c: d", "```", "```sh", "e", "```"];
  assert.deepEqual(guideBlocks(page.join("\n")), [
    { line: 1, text: "a\nb" },
    { line: 9, text: "e" },
  ]);
});

test("a script ends at the first command that fails, and says where", () => {
  const blocks = [
    { line: 3, text: "X=1\nfalse | true" },
    { line: 9, text: "echo never" },
  ];
  const ran = spawnSync("bash", ["-c", guideScript(blocks, "")], { encoding: "utf8" });
  assert.notEqual(ran.status, 0);
  assert.equal(ran.stdout, "");
  assert.equal(ran.stderr, "## line 3\n");
});

test("the guide's commands are shell, and all of them are kubectl's or Weft's", () => {
  const blocks = guideBlocks(readFileSync(PAGE, "utf8"));
  assert.ok(blocks.length >= 10);
  const script = guideScript(blocks, "");
  assert.equal(spawnSync("bash", ["-n"], { input: script }).status, 0);
  for (const { text } of blocks) {
    const commands = text.replaceAll("\\\n", " ").split("\n");
    for (const command of commands) assert.match(command, /^(kubectl|weft|POD=\$\(kubectl) /);
  }
});
