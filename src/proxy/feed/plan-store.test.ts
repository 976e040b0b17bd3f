import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { systemFiles } from "#base/file-system.ts";
import { silentLog } from "#base/log.ts";
import type { Update } from "#snapshot/messages.ts";
import { PlanStore } from "./plan-store.ts";

const HELD: Update = {
  type: "update",
  revision: 7,
  keys: [["reviews:9080", null]],
  plans: [],
  removed: [],
  inbound: undefined,
};

test("plans that were saved are loaded, from a file that only its owner reads", (t) => {
  const { store, path } = inFolder(t);
  assert.equal(store.load(), undefined);
  store.save(HELD);
  assert.deepEqual(store.load(), JSON.parse(JSON.stringify(HELD)));
  assert.equal(statSync(path).mode & 0o777, 0o600);
});

test("a plan file with any byte altered or missing is not used", (t) => {
  const { store, path } = inFolder(t);
  store.save(HELD);
  const good = readFileSync(path);
  for (let at = 0; at < good.length; at += 7) {
    const bad = Buffer.from(good);
    bad[at]! ^= 1;
    writeFileSync(path, bad);
    assert.equal(store.load(), undefined, `byte ${at}`);
  }
  writeFileSync(path, good.subarray(0, good.length - 1));
  assert.equal(store.load(), undefined);
  writeFileSync(path, "");
  assert.equal(store.load(), undefined);
});

function inFolder(t: { after(run: () => void): void }): { store: PlanStore; path: string } {
  const folder = mkdtempSync(join(tmpdir(), "weft-plans-"));
  t.after(() => rmSync(folder, { recursive: true }));
  return { store: new PlanStore(systemFiles, folder, silentLog), path: join(folder, "plans.json") };
}
