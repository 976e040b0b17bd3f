// The dashboard for whoever looks at it, in whatever way, and against whoever writes into it.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { get } from "node:http";
import { createRequire } from "node:module";
import { after, before, type TestContext, test } from "node:test";
import { urlToHttpOptions } from "node:url";
import type { Browser, Page } from "playwright-core";
import { eventually } from "#local/testing/eventually.ts";
import { bookshopDocuments } from "../support/bookshop-documents.ts";
import { startChromium } from "../support/chromium.ts";
import { dependencyUrl } from "../support/mesh-processes.ts";
import { RunningMesh } from "../support/running-mesh.ts";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const WAIT_MS = 15_000;
const HOSTILE = "<img src=x onerror=document.title='caught'>";
const PLACES = [
  ["#/", "table.workloads"],
  ["#/graph", ".graph a.node"],
  ["#/workloads/bookshop/web", "#proxy"],
  ["#/services/bookshop/reviews", ".sliders"],
  ["#/tap", "table.tap button"],
  ["#/explain?from=web&to=reviews:9080&path=/reviews/1", ".decision .outcome"],
  ["#/configure?file=web.yaml", ".editor textarea"],
] as const;

let browser: Browser;
let mesh: RunningMesh;

before(async () => {
  browser = await startChromium();
  mesh = await RunningMesh.start({ documents: bookshopDocuments({ hasLoad: true }) });
});

after(async () => {
  await browser?.close();
  await mesh?.stop();
});

for (const colorScheme of ["light", "dark"] as const) {
  test(`nothing serious stands in anybody's way (axe, ${colorScheme})`, async (t) => {
    const page = await open(t);
    await page.emulateMedia({ colorScheme });
    for (const [hash, sign] of PLACES) {
      await go(page, hash, sign);
      assert.deepEqual(await serious(page), [], hash);
    }
  });
}

test("every page fits a small telephone and a wall", async (t) => {
  const page = await open(t);
  for (const width of [320, 768, 3840]) {
    await page.setViewportSize({ width, height: 800 });
    for (const [hash, sign] of PLACES) {
      await go(page, hash, sign);
      assert.equal(await page.evaluate("document.documentElement.scrollWidth"), width, hash);
    }
  }
});

test("the keyboard alone reaches every page and what is done there", async (t) => {
  const page = await open(t);
  await page.locator("nav.pages a").first().focus();
  for (const name of ["Graph", "Live requests", "Explain", "Configure"]) {
    await page.keyboard.press("Tab");
    assert.equal(await page.evaluate("document.activeElement.textContent"), name);
  }
  await page.keyboard.press("Enter");
  const area = page.locator(".editor textarea");
  await area.waitFor();
  await area.focus();
  await page.keyboard.type("# ");
  // Tab leaves the text: nobody is caught in it.
  await page.keyboard.press("Tab");
  assert.equal(await page.evaluate("document.activeElement.textContent"), "See what changes");
});

test("what a stranger sends is shown as it is, and does nothing", async (t) => {
  const page = await open(t, "write");
  await go(page, `#/tap?path=${encodeURIComponent("/<")}`, "#watch");
  const url = dependencyUrl(mesh, "bookshop/web", "reviews");
  const headers = { "x-note": HOSTILE, "x-request-id": HOSTILE };
  const path = `${new URL(url).pathname}/<b>${HOSTILE.replaceAll(" ", "/")}`;
  const send = () => get({ ...urlToHttpOptions(new URL(url)), path, headers });
  await eventually(
    "it is seen",
    async () => {
      send()
        .on("response", (answer) => answer.resume())
        .on("error", () => {});
      return (await page.locator("table.tap button.link").count()) > 0;
    },
    WAIT_MS,
  );
  await page.locator("table.tap button.link").first().click();
  await page.locator("#detail").getByText("x-note").waitFor();
  await go(page, `#/explain?id=${encodeURIComponent(HOSTILE)}`, "#answer");
  await go(page, `#/workloads/${encodeURIComponent(HOSTILE)}/x`, ".notice");
  mesh.write(
    "hostile.yaml",
    `kind: "${HOSTILE}"\napiVersion: v1\nmetadata: { name: "${HOSTILE}" }\n`,
  );
  await go(page, "#/configure?file=hostile.yaml", ".editor textarea");
  await page.locator(".concerns, .editor").first().waitFor();
  await go(page, "#/", "#diagnostics li");
  await page.locator("#diagnostics").getByText("onerror=document").first().waitFor();
  assert.equal(await page.locator("main img, main b").count(), 0);
  assert.notEqual(await page.title(), "caught");
});

test("another site can neither read nor change anything, also under a name of ours", async (t) => {
  const page = await open(t, "write");
  const origin = new URL(page.url()).origin;
  const stranger = await page.context().newPage();
  // Another port is another origin, and this browser has the cookie.
  await stranger.goto(`http://localhost:${new URL(origin).port}/login?code=none`);
  const told = await stranger.evaluate(`(async () => {
    const ask = async (path, options) => {
      try { return (await fetch("${origin}" + path, { credentials: "include", ...options })).status; }
      catch { return "refused"; }
    };
    const body = JSON.stringify({ changes: [{ file: "x.yaml", text: "", before: null }] });
    const json = { method: "POST", headers: { "content-type": "application/json" }, body };
    return [await ask("/api/v1/documents"), await ask("/api/v1/documents/apply", json),
            await ask("/api/v1/documents/apply", { ...json, headers: {} })];
  })()`);
  assert.deepEqual(told, ["refused", "refused", "refused"]);
  assert.equal(mesh.hasDocument("x.yaml"), false);
});

async function open(t: TestContext, role: "read" | "write" = "read"): Promise<Page> {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  t.after(() => context.close());
  const page = await context.newPage();
  const { out } = await mesh.weft("dashboard", ...(role === "write" ? ["--write"] : []));
  await page.goto(out.trim());
  await page.locator("main").waitFor({ timeout: WAIT_MS });
  return page;
}

async function go(page: Page, hash: string, sign: string): Promise<void> {
  await page.goto(`${new URL(page.url()).origin}/${hash}`);
  await page.locator(sign).first().waitFor({ timeout: WAIT_MS });
}

// What axe finds that keeps people out: rule and element.
async function serious(page: Page): Promise<readonly string[]> {
  await page.evaluate(AXE);
  const found = await page.evaluate(`axe.run(document, { resultTypes: ["violations"] }).then(
    ({ violations }) => violations.filter(({ impact }) => impact === "serious" || impact === "critical")
      .flatMap(({ id, nodes }) => nodes.map(({ html }) => id + " " + html.slice(0, 120))))`);
  return found as readonly string[];
}
