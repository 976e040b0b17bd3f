// A small version of bench/cluster-scale.ts: the control plane of a cluster at a real API server,
// with light proxies. What it measures on a machine that does other things besides says nothing.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { before, test } from "node:test";
import { promisify } from "node:util";
import { Kit, PREPARED_WITHIN_MS } from "../kubernetes/kit.ts";

const run = promisify(execFile);

before(() => void Kit.prepare(), { timeout: PREPARED_WITHIN_MS });

test("every pod change reaches the last proxy that it concerns", async (t) => {
  const folder = mkdtempSync(join(tmpdir(), "weft-cluster-scale-"));
  t.after(() => rmSync(folder, { recursive: true }));
  const out = join(folder, "found.json");
  await run(process.execPath, [join("bench", "cluster-scale.ts"), "--quick", "--out", out]);
  const { changes, lost, controlPlane } = JSON.parse(readFileSync(out, "utf8"));
  assert.ok(changes.podChanges > 20);
  const acknowledged = changes.some.total.count + changes.all.total.count;
  assert.equal(acknowledged, changes.podChanges);
  assert.deepEqual([changes.never, changes.failed, lost], [[], [], []]);
  assert.ok(controlPlane.withClientsKiB > 0 && controlPlane.cpuShare > 0);
});
