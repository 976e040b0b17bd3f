import assert from "node:assert/strict";
import { test } from "node:test";
import { systemFiles } from "#base/file-system.ts";
import { processStart } from "./process-start.ts";
import { claimFolder } from "./single-instance.ts";
import { StateFolder } from "./state-folder.ts";
import { temporaryFolder } from "./testing/temporary-folder.ts";

const MESH = { adminUrl: "http://127.0.0.1:15014", version: "1", isReady: true };

test("a folder that a running mesh has is refused with its pid", async (t) => {
  const folder = stateIn(temporaryFolder(t));
  const startTime = processStart(process.pid);
  folder.writeMesh({ ...MESH, pid: process.pid, startTime });
  const claim = await claimFolder(folder);
  assert.ok(claim.kind === "taken");
  assert.match(claim.sentence, new RegExp(`pid ${process.pid}`));
});

test("a stale file is no obstacle, even where its pid is another's by now", async (t) => {
  const folder = stateIn(temporaryFolder(t));
  folder.writeMesh({ ...MESH, pid: process.pid, startTime: "1" });
  const claim = await claimFolder(folder);
  assert.ok(claim.kind === "ours");
  claim.release();
});

test("of two that claim at the same moment one is refused, until the other is gone", {
  skip: process.platform !== "linux",
}, async (t) => {
  const folder = stateIn(temporaryFolder(t));
  const claims = await Promise.all([claimFolder(folder), claimFolder(folder)]);
  assert.deepEqual(claims.map(({ kind }) => kind).sort(), ["ours", "taken"]);
  for (const claim of claims) if (claim.kind === "ours") claim.release();
  const next = await claimFolder(folder);
  assert.ok(next.kind === "ours");
  next.release();
});

test("the state folder is for its owner alone, and no name leaves it", (t) => {
  const folder = stateIn(temporaryFolder(t));
  assert.equal(systemFiles.mode(folder.path), 0o700);
  for (const name of ["..", "../../etc", "a/../../b", "."]) {
    assert.ok(folder.makeProxyFolder(name).startsWith(`${folder.path}/proxies/`), name);
    assert.ok(!folder.logPath(name).includes("/.."), name);
  }
});

function stateIn(parent: string): StateFolder {
  const folder = new StateFolder(systemFiles, parent);
  folder.make();
  return folder;
}
