// The graph of the dashboard as it was, in a real browser, over a mesh whose traffic changes.

import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import type { Browser, Page } from "playwright-core";
import type { PastRows } from "#api/admin-paths.ts";
import { ADMIN_PATHS } from "#api/admin-paths.ts";
import type { EdgeRow } from "#api/edge-row.ts";
import { eventually } from "#local/testing/eventually.ts";
import { startChromium } from "../support/chromium.ts";
import { RunningMesh } from "../support/running-mesh.ts";
import { shoot } from "../support/shoot.ts";

// Browsers tell times no finer.
const CLOCK_STEP_MS = 0.2;
const WAIT_MS = 15_000;

let browser: Browser;
let mesh: RunningMesh;
let folder = "";
let failedAtMs = 0;

// Requests to `flaky` fail while a file is there, which is for a while.
before(async () => {
  browser = await startChromium();
  folder = mkdtempSync(join(tmpdir(), "weft-replay-"));
  const sign = join(folder, "fails");
  mesh = await RunningMesh.start({ documents: { "mesh.yaml": documentsOf(sign) } });
  writeFileSync(sign, "");
  await eventually("it fails", async () => (await failing(Date.now())) > 20, WAIT_MS);
  failedAtMs = Math.floor(Date.now() / 1000) * 1000;
  rmSync(sign);
  // All that is live has forgotten it then.
  const isOver = async () => (await failing(Date.now())) === 0;
  await eventually("it is over", isOver, 2 * WAIT_MS);
});

after(async () => {
  await browser?.close();
  await mesh?.stop();
  rmSync(folder, { recursive: true, force: true });
});

test("a call that failed is seen failing at that time, and well again now", async (t) => {
  const page = await open(t, "#/graph");
  await page.locator(".graph a.node").nth(1).waitFor();
  assert.equal(await page.locator(".graph .call.bad").count(), 0);
  const complaints: string[] = [];
  page.on("pageerror", (error) => complaints.push(String(error)));
  await page.getByRole("button", { name: "Replay the past" }).click();
  const slider = page.getByRole("slider", { name: "Moment" });
  await slider.fill(String(failedAtMs));
  await page.locator(".graph .call.bad").first().waitFor({ timeout: WAIT_MS });
  await page.locator(".notice.past").getByText("The past:").waitFor();
  assert.match(page.url(), new RegExp(`#/graph\\?at=${failedAtMs}&span=15m$`));
  const command = await page.locator("#graph .command-line code").textContent();
  const until = new Date(failedAtMs).toISOString().replace(".000", "");
  assert.equal(command, `weft edges --until ${until} -t 10s`);
  await shoot(page, "replay", { fullPage: true });
  await page.getByRole("button", { name: "Back to live" }).click();
  await eventually("live", async () => (await page.locator(".notice.past").count()) === 0);
  await page.locator(".graph a.node").nth(1).waitFor();
  assert.equal(await page.locator(".graph .call.bad").count(), 0);
  assert.deepEqual(complaints, []);
});

test("its command shows the same edges in a terminal", async () => {
  const until = new Date(failedAtMs).toISOString();
  const { out } = await mesh.weft("edges", "--until", until, "-t", "10s", "-o", "json");
  const rows: readonly EdgeRow[] = JSON.parse(out).rows ?? JSON.parse(out);
  assert.ok(
    rows.some(({ destination, failures }) => destination.workload === "flaky" && failures > 0),
  );
});

test("the keyboard steps, plays and stops, and the address goes along", async (t) => {
  const page = await open(t, `#/graph?at=${failedAtMs}&span=15m`);
  const at = () => Number(new URLSearchParams(page.url().split("?")[1]).get("at"));
  await page.locator(".graph .call.bad").first().waitFor({ timeout: WAIT_MS });
  await page.getByRole("slider", { name: "Moment" }).focus();
  await page.keyboard.press("ArrowLeft");
  await eventually("a step back", () => at() === failedAtMs - 1000);
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("ArrowRight");
  await eventually("two steps on", () => at() === failedAtMs + 1000);
  await page.getByRole("button", { name: "Play" }).focus();
  await page.keyboard.press("Space");
  await eventually("it plays", () => at() >= failedAtMs + 4000, WAIT_MS);
  await page.keyboard.press("Space");
  await page.getByRole("button", { name: "Play" }).waitFor();
  const stopped = at();
  await page.waitForTimeout(1_500);
  assert.equal(at(), stopped);
});

test("dragging the slider asks for little: one question at a time, none of them twice", async (t) => {
  const page = await open(t, `#/graph?at=${failedAtMs}&span=15m`);
  await page.locator(".graph .call.bad").first().waitFor({ timeout: WAIT_MS });
  const before = (await askedFor(page)).length;
  const slider = page.getByRole("slider", { name: "Moment" });
  await slider.focus();
  for (let i = 0; i < 40; i++) {
    await page.keyboard.press("ArrowLeft");
    // A hand that rests now and then.
    if (i % 10 === 9) await page.waitForTimeout(150);
  }
  for (let i = 0; i < 40; i++) await page.keyboard.press("ArrowRight");
  await page.locator(".graph .call.bad").first().waitFor({ timeout: WAIT_MS });
  const asked = (await askedFor(page)).slice(before);
  assert.ok(asked.length > 0 && asked.length < 40, String(asked.length));
  assert.equal(new Set(asked.map(({ url }) => url)).size, asked.length);
  for (let i = 1; i < asked.length; i++) {
    const [last, next] = [asked[i - 1]!, asked[i]!];
    assert.ok(next.startMs >= last.endMs - CLOCK_STEP_MS, `${next.startMs} after ${last.endMs}`);
  }
});

type AskedFor = { readonly url: string; readonly startMs: number; readonly endMs: number };

// Questions for edges, as the browser itself has noted them, which it does when they have ended.
function askedFor(page: Page): Promise<readonly AskedFor[]> {
  return page.evaluate((path) => {
    return performance
      .getEntriesByType("resource")
      .filter(({ name }) => name.includes(path))
      .map((entry) => {
        const { name, startTime, responseEnd } = entry as PerformanceResourceTiming;
        return { url: name, startMs: startTime, endMs: responseEnd };
      })
      .sort((a, b) => a.startMs - b.startMs);
  }, `${ADMIN_PATHS.edges}?`);
}

test("on a small telephone it fits, by day and by night", async (t) => {
  const page = await open(t, `#/graph?at=${failedAtMs}&span=6h`);
  await page.locator(".time-bar").waitFor();
  await page.setViewportSize({ width: 320, height: 800 });
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme });
    assert.equal(await page.evaluate("document.documentElement.scrollWidth"), 320);
  }
  await shoot(page, "replay-small", { fullPage: true });
});

// How many requests failed in the ten seconds before, as the live view has them too.
async function failing(untilMs: number): Promise<number> {
  const query = { from: String(untilMs - 10_000), to: String(untilMs) };
  const { rows } = await mesh.ask<PastRows<EdgeRow>>(ADMIN_PATHS.edges, { query });
  return rows.reduce((sum, { failures }) => sum + failures, 0);
}

function documentsOf(sign: string): string {
  const answer = `(_, out) => { out.statusCode = fs.existsSync(${JSON.stringify(sign)}) ? 500 : 200; out.end("x"); }`;
  const flaky = `require("http").createServer(${answer}).listen(process.env.PORT)`;
  const send = "fetch(process.env.WEFT_FLAKY_URL).then((told) => told.text()).catch(() => {})";
  const caller = `setInterval(() => ${send}, 50)`;
  return `apiVersion: weft.dev/v1alpha1
kind: Workload
metadata: { name: flaky, namespace: shop, labels: { app: flaky } }
spec:
  command: ["node", "-e", ${JSON.stringify(flaky)}]
  ports: [{ name: http, protocol: http }]
---
apiVersion: v1
kind: Service
metadata: { name: flaky, namespace: shop }
spec:
  selector: { app: flaky }
  ports: [{ name: http, port: 80, targetPort: http }]
---
apiVersion: weft.dev/v1alpha1
kind: Workload
metadata: { name: caller, namespace: shop, labels: { app: caller } }
spec:
  command: ["node", "-e", ${JSON.stringify(caller)}]
  dependencies: [{ service: flaky, port: 80, protocol: http }]
`;
}

async function open(t: { after(run: () => Promise<void>): void }, hash: string): Promise<Page> {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  t.after(() => context.close());
  const page = await context.newPage();
  const { out } = await mesh.weft("dashboard");
  await page.goto(out.trim());
  await page.locator("nav.pages").waitFor({ timeout: WAIT_MS });
  await page.goto(`${new URL(out.trim()).origin}/${hash}`);
  await page.locator("main").waitFor({ timeout: WAIT_MS });
  return page;
}
