import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { systemFiles } from "#base/file-system.ts";
import { DocumentFolder, hashOf } from "./document-folder.ts";

test("only documents inside the folder can be changed", (t) => {
  const { folder } = rig(t);
  const wrong = [
    "../a.yaml",
    "/etc/a.yaml",
    "x/../../a.yaml",
    ".weft/a.yaml",
    "node_modules/a.yaml",
    "a.sh",
    "",
    "a//b.yaml",
    "a\\b.yaml",
    "a\0.yaml",
  ];
  for (const file of wrong) {
    const refusal = folder.refusal({ file, text: "", before: null });
    assert.match(refusal ?? "", /must be a \.yaml/, file);
  }
  assert.equal(folder.refusal({ file: "deep/a.yaml", text: "", before: null }), undefined);
});

test("a file that was changed meanwhile is told, not overwritten", (t) => {
  const { folder, path } = rig(t);
  writeFileSync(join(path, "a.yaml"), "new");
  const refusal = (before: string | null) => folder.refusal({ file: "a.yaml", text: "x", before });
  assert.match(refusal(hashOf("old")) ?? "", /it is another one now/);
  assert.match(refusal(null) ?? "", /it is there already/);
  assert.equal(refusal(hashOf("new")), undefined);
  const gone = folder.refusal({ file: "b.yaml", text: "x", before: hashOf("old") });
  assert.match(gone ?? "", /it isn't there any more/);
});

test("when one file can't be written, those before it are as they were", (t) => {
  const { path } = rig(t);
  writeFileSync(join(path, "a.yaml"), "old");
  const files = {
    ...systemFiles,
    write(file: string, text: string, mode: number) {
      if (file.endsWith("b.yaml")) throw new Error("no space left on device");
      systemFiles.write(file, text, mode);
    },
  };
  const folder = new DocumentFolder(path, files);
  const changes = ["a.yaml", "c.yaml", "b.yaml"].map((file) => ({ file, text: "new" }));
  assert.throws(() => folder.write(changes), /no space left/);
  assert.equal(readFileSync(join(path, "a.yaml"), "utf8"), "old");
  assert.equal(folder.read("c.yaml"), null);
});

function rig(t: TestContext) {
  const path = mkdtempSync(join(tmpdir(), "weft-documents-"));
  t.after(() => systemFiles.remove(path));
  return { path, folder: new DocumentFolder(path, systemFiles) };
}
