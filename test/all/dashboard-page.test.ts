// The dashboard in a real browser.

import assert from "node:assert/strict";
import { after, before, type TestContext, test } from "node:test";
import type { Browser, Page } from "playwright-core";
import type { AdminBackend } from "#control/admin/admin-backend.ts";
import { startChromium } from "../support/chromium.ts";
import { type ServedDashboard, serveDashboard } from "../support/dashboard-fixture.ts";

const WAIT_MS = 15_000;

let browser: Browser;

before(async () => {
  browser = await startChromium();
});
after(() => browser.close());

test("the page shows workloads, calls, routes and findings, from its own origin only", async (t) => {
  const { page, served, complaints, origins } = await open(t);
  assert.equal(await page.title(), "(1) bookshop – Weft");
  assert.equal(await page.locator("table.workloads tbody tr").count(), 10);
  assert.equal(await page.locator(".graph a.node").count(), 10);
  assert.equal(await page.locator(".graph .line").count(), 12);
  const [first] = await page.locator("table.routes tbody").nth(1).locator("tr").all();
  const cells = await first!.locator("th, td").allTextContents();
  const expected = ["catalog:9080", "VirtualService bookshop/catalog", "1", "v1", "90.3%"];
  assert.deepEqual(cells.slice(0, 5), expected);
  const findings = await page.locator("#diagnostics li").allInnerTexts();
  assert.match(findings[0]!, /error\s+WEFT106\s+reviews-route\.yaml:13:51/);
  assert.match(findings[0]!, /Remedy\s+Write 20/);
  assert.deepEqual(complaints, []);
  assert.deepEqual([...origins], [served.url]);
});

test("workloads outside the mesh are told where there are some, with what brings them in", async (t) => {
  const { page: without } = await open(t);
  assert.equal(await without.locator("#unmeshed").count(), 0);
  const remedy = "kubectl rollout restart deployment/till -n shop";
  const till = { namespace: "shop", name: "till", kind: "Deployment", remedy };
  const row = { ...till, reason: "started-before" } as const;
  const { page, complaints } = await open(t, { unmeshed: () => [row] });
  const panel = page.locator("#unmeshed");
  assert.equal(await panel.locator("li").isVisible(), false);
  await panel.locator("summary").click();
  const text = await panel.locator("li").innerText();
  assert.match(text, /Deployment shop\/till started before/);
  assert.match(text, /kubectl rollout restart deployment\/till -n shop/);
  assert.equal(await page.getByText("Deployment shop/till should have a proxy").count(), 1);
  // The next second leaves it open.
  await page.waitForTimeout(1_500);
  assert.equal(await panel.locator("li").isVisible(), true);
  assert.deepEqual(complaints, []);
});

test("figures change every second, and nothing moves", async (t) => {
  const { page } = await open(t);
  const places = () =>
    page.evaluate(`[...document.querySelectorAll("td, th, .node rect, .line, .tile, .panel")]
      .map((e) => { const { x, y, width, height } = e.getBoundingClientRect();
                    return [x, y, width, height].map(Math.round).join(" "); })`);
  const rps = page.locator("#workload-bookshop-web td.number").nth(1);
  // What is far from the screen keeps still.
  await rps.scrollIntoViewIfNeeded();
  const placesBefore = await places();
  const seen = new Set([await rps.textContent()]);
  const until = performance.now() + WAIT_MS;
  while (seen.size < 3 && performance.now() < until) {
    await page.waitForTimeout(500);
    seen.add(await rps.textContent());
  }
  assert.ok(seen.size >= 3, [...seen].join());
  assert.deepEqual(await places(), placesBefore);
  const line = await page.locator("#workload-bookshop-web svg.spark.rps path").getAttribute("d");
  assert.match(line!, /^M[\d.]+ [\d.]+(L[\d.]+ [\d.]+){2,}$/);
});

test("a control plane that goes away and comes back is told, and the page goes on", async (t) => {
  const { page, served } = await open(t);
  await served.stop();
  await page.getByRole("status").filter({ hasText: "Reconnecting" }).waitFor({ timeout: WAIT_MS });
  assert.equal(await page.locator("table.workloads tbody tr").count(), 10);
  await served.start();
  await page.getByRole("status").filter({ hasText: "Live" }).waitFor({ timeout: WAIT_MS });
});

test("a session that has ended is told, and the page goes on after the next login", async (t) => {
  const { page, served } = await open(t);
  await served.stop();
  await served.start({ withNewTokens: true });
  await page.getByRole("alert").filter({ hasText: "weft dashboard" }).waitFor({ timeout: WAIT_MS });
  const another = await page.context().newPage();
  await another.goto(await served.newLink());
  await page.getByRole("status").filter({ hasText: "Live" }).waitFor({ timeout: WAIT_MS });
});

test("the keyboard reaches each workload in the graph, and from there its page", async (t) => {
  const { page, served } = await open(t);
  const node = page.getByRole("link", { name: /^orders .*, ready$/ });
  await node.focus();
  assert.ok((await page.locator(".graph .edge.dimmed").count()) > 0);
  await page.keyboard.press("Enter");
  await page.waitForURL(`${served.url}/#/workloads/bookshop/orders`);
  await page.getByRole("heading", { name: "orders" }).waitFor();
  for (const region of await page.locator("section.scroll").all()) {
    assert.equal(await region.getAttribute("tabindex"), "0");
    assert.ok(await region.getAttribute("aria-label"));
  }
});

test("the page fits every screen from a small telephone to 4K, by day and by night", async (t) => {
  const { page } = await open(t);
  const colors = new Set<unknown>();
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme });
    colors.add(await page.evaluate("getComputedStyle(document.body).backgroundColor"));
    for (const width of [360, 640, 1024, 1440, 3840]) {
      await page.setViewportSize({ width, height: 800 });
      assert.equal(await page.evaluate("document.documentElement.scrollWidth"), width);
    }
  }
  assert.equal(colors.size, 2);
});

type Opened = {
  readonly page: Page;
  readonly served: ServedDashboard;
  readonly complaints: readonly string[]; // of the browser: errors, CSP violations
  readonly origins: ReadonlySet<string>; // of everything it asked for
};

async function open(t: TestContext, more: Partial<AdminBackend> = {}): Promise<Opened> {
  const served = await serveDashboard(t, more);
  const context = await browser.newContext();
  t.after(() => context.close());
  const page = await context.newPage();
  const complaints: string[] = [];
  const origins = new Set<string>();
  page.on("console", (message) => {
    // Asked for by the login page, which names no icon.
    if (message.location().url.endsWith("/favicon.ico")) return;
    complaints.push(message.text());
  });
  page.on("pageerror", (error) => complaints.push(String(error)));
  page.on("request", (request) => origins.add(new URL(request.url()).origin));
  await page.goto(await served.newLink());
  await page.locator("table.workloads").waitFor({ timeout: WAIT_MS });
  return { page, served, complaints, origins };
}
