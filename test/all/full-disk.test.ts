// The disk that the state folder is on is full, for real: a file system of its own, filled to its
// last byte while requests go on. Needs root, to mount it.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { closeSync, mkdirSync, openSync, rmSync, writeSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { setTimeout as wait } from "node:timers/promises";
import { ADMIN_PATHS } from "#api/admin-paths.ts";
import type { CheckResult } from "#api/check-result.ts";
import { LIMITS } from "#base/limits.ts";
import { eventually } from "#local/testing/eventually.ts";
import { bookshopDocuments } from "../support/bookshop-documents.ts";
import { dependencyUrl } from "../support/mesh-processes.ts";
import { RunningMesh } from "../support/running-mesh.ts";
import { SteadyLoad } from "../support/steady-load.ts";

const SIZE = "64m";
const CHUNK = Buffer.alloc(1 << 16, "x");
// Seconds are kept as they come; a few of them.
const FULL_FOR_MS = 8_000;
const NOTICED_WITHIN_MS = 30_000;
const TRIED_WITHIN_MS = LIMITS.historyRetryMs + 30_000;

let mesh: RunningMesh;
let folder = "";

before(async () => {
  mesh = await RunningMesh.start({ documents: bookshopDocuments(), prepare: mountState });
});

after(async () => {
  mesh?.signal("SIGTERM");
  await mesh?.untilEnded();
  // Who has something open there still doesn't hinder it.
  if (folder !== "") execFileSync("umount", ["--lazy", folder]);
  await mesh?.stop();
});

test("a full disk fails no request, is told, and what comes after it is kept again", async (t) => {
  assert.equal(await historyCheck(), "", "all is well before");
  const load = SteadyLoad.start(t, {
    url: dependencyUrl(mesh, "bookshop/web", "catalog"),
    path: "/books/1",
  });
  const filler = join(folder, "filler");
  fill(filler);
  await eventually("the check tells of it", isTold, NOTICED_WITHIN_MS);
  await wait(FULL_FOR_MS);
  const stat = await mesh.weft("stat", "workloads", "-n", "bookshop");
  assert.equal(stat.code, 0, stat.out);
  assert.match(stat.out, /catalog/);
  const { code, out } = await mesh.weft("check");
  assert.match(out, /Cannot keep the history in .*history\.db: the disk is full/);
  assert.equal(code, 0, "a warning: requests don't need it");
  rmSync(filler);
  await eventually("the check is content", async () => !(await isTold()), TRIED_WITHIN_MS);
  const { answers } = await load.stopWithoutLoss();
  assert.ok(answers > 1_000, `${answers} answers`);
});

function mountState(parent: string): void {
  folder = join(parent, ".weft");
  mkdirSync(folder, { mode: 0o700 });
  execFileSync("mount", ["-t", "tmpfs", "-o", `size=${SIZE},mode=0700`, "none", folder]);
}

// To the last byte.
function fill(path: string): void {
  const file = openSync(path, "w");
  try {
    for (let length = CHUNK.length; length >= 1; ) {
      try {
        writeSync(file, CHUNK, 0, length);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== "ENOSPC") throw error;
        length = Math.floor(length / 2);
      }
    }
  } finally {
    closeSync(file);
  }
}

async function isTold(): Promise<boolean> {
  return /the disk is full/.test(await historyCheck());
}

async function historyCheck(): Promise<string> {
  const { categories } = await mesh.ask<CheckResult>(ADMIN_PATHS.check);
  const checks = categories.flatMap((category) => category.checks);
  return checks.find(({ name }) => name === "the history is kept")!.detail;
}
