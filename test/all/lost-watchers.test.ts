// Whoever watches the mesh may be killed in the middle of it: a browser with live pages open, a
// Prometheus that scrapes. No request notices, and nothing is kept for who is gone.

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { setTimeout as wait } from "node:timers/promises";
import { ADMIN_PATHS, type Rows } from "#api/admin-paths.ts";
import type { CheckResult } from "#api/check-result.ts";
import type { WorkloadRow } from "#api/workload-row.ts";
import { eventually } from "#local/testing/eventually.ts";
import { bookshopDocuments } from "../support/bookshop-documents.ts";
import { startMortalChromium } from "../support/chromium.ts";
import { dependencyUrl } from "../support/mesh-processes.ts";
import { PrometheusProcess } from "../support/prometheus-process.ts";
import { RunningMesh } from "../support/running-mesh.ts";
import { SteadyLoad } from "../support/steady-load.ts";

const WAIT_MS = 15_000;
const AFTER_MS = 3_000;
// Of the graph and of live requests, several pages each.
const PAGES = ["#/", "#/graph", "#/tap?resource=deploy%2Fweb&direction=out"] as const;

let mesh: RunningMesh;

before(async () => {
  mesh = await RunningMesh.start({ documents: bookshopDocuments({ hasLoad: true }) });
});

after(() => mesh?.stop());

test("a browser that is killed with live pages open is forgotten, and harms no request", async (t) => {
  const load = steadyLoad(t);
  const { browser, kill } = await startMortalChromium();
  t.after(kill);
  const { out } = await mesh.weft("dashboard");
  const context = await browser.newContext();
  const first = await context.newPage();
  await first.goto(out.trim());
  await first.locator("nav.pages").waitFor({ timeout: WAIT_MS });
  for (const hash of PAGES) {
    const page = await context.newPage();
    await page.goto(`${new URL(out.trim()).origin}/${hash}`);
    await page.locator("main").waitFor({ timeout: WAIT_MS });
    if (hash.includes("tap")) await page.locator("table.tap tbody tr").nth(5).waitFor();
  }
  assert.doesNotMatch(controlLog(), /Nobody watches these requests any more/);
  await kill();
  await eventually("its tap has ended", () => /Nobody watches these requests/.test(controlLog()));
  await wait(AFTER_MS);
  await load.stopWithoutLoss();
  await assertWell();
});

test("a Prometheus that is killed while it scrapes harms no request", async (t) => {
  PrometheusProcess.install();
  const load = steadyLoad(t);
  const { rows } = await mesh.ask<Rows<WorkloadRow>>(ADMIN_PATHS.workloads);
  const targets = rows.flatMap(({ metrics }) => metrics ?? []);
  for (let round = 0; round < 3; round++) {
    const prometheus = await PrometheusProcess.start(targets);
    await eventually("it scrapes", async () => (await prometheus.query("up")).length > 0, WAIT_MS);
    await prometheus.stop("SIGKILL");
  }
  await wait(AFTER_MS);
  await load.stopWithoutLoss();
  await assertWell();
});

function steadyLoad(t: Parameters<typeof SteadyLoad.start>[0]): SteadyLoad {
  const url = dependencyUrl(mesh, "bookshop/web", "catalog");
  return SteadyLoad.start(t, { url, path: "/books/1" });
}

async function assertWell(): Promise<void> {
  const { categories } = await mesh.ask<CheckResult>(ADMIN_PATHS.check);
  const found = categories.flatMap(({ checks }) => checks.filter(({ state }) => state !== "pass"));
  assert.deepEqual(found, []);
}

function controlLog(): string {
  const logs = join(mesh.state, "logs");
  const names = readdirSync(logs).filter((name) => name.startsWith("control"));
  assert.ok(names.length > 0, readdirSync(logs).join(" "));
  return names.map((name) => readFileSync(join(logs, name), "utf8")).join("");
}
