import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { systemFiles } from "#base/file-system.ts";
import { findMesh } from "./find-mesh.ts";

test("the flag goes before the environment, and that before the working folder", (t) => {
  const parent = temporaryFolder(t);
  for (const name of ["flag", "variable", "here"]) meshIn(join(parent, name));
  const found = (mesh: string | undefined, variable: string | undefined) => {
    const answer = findMesh({
      files: systemFiles,
      workingFolder: join(parent, "here"),
      environment: { WEFT_MESH: variable },
      mesh,
    });
    assert.ok(answer.kind === "ok");
    return answer.value.folder;
  };
  assert.equal(found(join(parent, "flag"), "../variable"), join(parent, "flag", ".weft"));
  assert.equal(found(undefined, "../variable"), join(parent, "variable", ".weft"));
  assert.equal(found(undefined, undefined), join(parent, "here", ".weft"));
});

test("a mesh is found from the folders below it", (t) => {
  const parent = temporaryFolder(t);
  meshIn(parent);
  const below = join(parent, "a", "b");
  mkdirSync(below, { recursive: true });
  const found = findMesh({
    files: systemFiles,
    workingFolder: below,
    environment: {},
    mesh: undefined,
  });
  assert.ok(found.kind === "ok");
  assert.deepEqual(found.value, {
    pid: 7,
    adminUrl: "http://127.0.0.1:15014",
    folder: join(parent, ".weft"),
    token: "secret",
  });
});

test("what is missing or broken is said, with what to do", (t) => {
  const parent = temporaryFolder(t);
  const reason = () => {
    const options = { files: systemFiles, workingFolder: parent, environment: {}, mesh: parent };
    const answer = findMesh(options);
    assert.ok(answer.kind === "error");
    assert.equal(answer.error.code, "unavailable");
    assert.match(answer.error.remedy ?? "", /weft up/);
    return answer.error.message;
  };
  assert.match(reason(), /there is no \.weft\/mesh\.json/);
  meshIn(parent);
  writeFileSync(join(parent, ".weft", "mesh.json"), "{");
  assert.match(reason(), /must be JSON/);
  writeFileSync(join(parent, ".weft", "mesh.json"), '{"pid":1,"adminUrl":"no url"}');
  assert.match(reason(), /must be JSON/);
  meshIn(parent);
  rmSync(join(parent, ".weft", "admin-token"));
  assert.match(reason(), /there is no admin-token/);
});

function meshIn(folder: string): void {
  mkdirSync(join(folder, ".weft"), { recursive: true });
  const mesh = { pid: 7, adminUrl: "http://127.0.0.1:15014" };
  writeFileSync(join(folder, ".weft", "mesh.json"), JSON.stringify(mesh));
  writeFileSync(join(folder, ".weft", "admin-token"), "secret\n");
}

function temporaryFolder(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), "weft-find-"));
  t.after(() => rmSync(folder, { recursive: true }));
  return folder;
}
