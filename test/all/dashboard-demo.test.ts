// The dashboard in a real browser, over the running demo: every page, and every action.

import assert from "node:assert/strict";
import { after, before, type TestContext, test } from "node:test";
import type { Browser, Page } from "playwright-core";
import { ADMIN_PATHS } from "#api/admin-paths.ts";
import type { MeshStatus } from "#api/mesh-status.ts";
import { eventually } from "#local/testing/eventually.ts";
import { bookshopDocuments } from "../support/bookshop-documents.ts";
import { startChromium } from "../support/chromium.ts";
import { assertSplit } from "../support/measure-split.ts";
import { dependencyUrl } from "../support/mesh-processes.ts";
import { RunningMesh } from "../support/running-mesh.ts";
import { shoot } from "../support/shoot.ts";

const WAIT_MS = 15_000;

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

test("the overview says what is going on, and how it was", async (t) => {
  const page = await open(t);
  await page.locator("table.workloads tbody tr").nth(11).waitFor();
  assert.equal(await page.locator("table.workloads tbody tr").count(), 12);
  await page.getByText("Nothing: every workload is ready").waitFor();
  await page.locator("#over-time .chart").nth(5).waitFor();
  const line = page.locator("#over-time .chart path").first();
  await eventually("requests over time", async () => ((await line.getAttribute("d")) ?? "") !== "");
  await shoot(page, "overview");
});

test("the graph is narrowed to what is looked for", async (t) => {
  const page = await open(t, "#/graph");
  const nodes = page.locator(".graph a.node");
  await eventually("all of it", async () => (await nodes.count()) === 12);
  await page.getByLabel("Find").fill("ratings");
  await eventually("its neighbours", async () => (await nodes.count()) < 6);
  assert.ok((await nodes.count()) >= 2);
  await page.getByLabel("Find").fill("");
  await shoot(page, "graph");
});

test("a workload tells who calls it, whom it calls and how it was", async (t) => {
  const page = await open(t, "#/workloads/bookshop/web");
  await page.locator("#callers").getByRole("link", { name: "visitors" }).waitFor();
  await page.locator("#calls").getByRole("link", { name: "reviews-v1" }).waitFor();
  const proxy = await page.locator("#proxy").innerText();
  assert.match(proxy, /spiffe:\/\/mesh\.local\/ns\/bookshop\/sa\/web/);
  assert.match(proxy, /ends in 2[34] h/);
  await shoot(page, "workload");
});

test("moving the sliders moves the measured split, and a click takes it back", async (t) => {
  const page = await open(t, "#/services/bookshop/reviews", "write");
  const sliders = page.locator(".sliders");
  await sliders.locator("input").first().waitFor();
  assert.deepEqual(await sliders.locator("output").allTextContents(), ["50 %", "30 %", "20 %"]);
  const first = sliders.locator("input").first();
  await first.focus();
  for (let i = 0; i < 4; i++) await page.keyboard.press("PageDown");
  assert.deepEqual(await sliders.locator("output").allTextContents(), ["10 %", "54 %", "36 %"]);
  const command = await sliders.locator(".command-line code").textContent();
  assert.match(command ?? "", /^weft edit httproute\/reviews -n bookshop spec\.rules\.0\.back/);
  await shoot(page, "service");
  await sliders.getByRole("button", { name: "Apply" }).click();
  await page.getByText(/12 of 12 proxies have acknowledged it/).waitFor({ timeout: WAIT_MS });
  const url = `${dependencyUrl(mesh, "bookshop/web", "reviews")}/reviews/1`;
  const question = { url, requests: 2_000, versionHeader: "x-reviews-version" };
  await assertSplit(question, { v1: 10, v2: 54, v3: 36 });
  assert.match(mesh.read("reviews-route.yaml"), /reviews-v1, port: 9080, weight: 10 \}/);
  await page.goto(`${new URL(page.url()).origin}/#/configure`);
  await page.getByRole("button", { name: /^Roll back: reviews: reviews-v1 10 %/ }).click();
  await page.getByText("rolled back").waitFor();
  await assertSplit(question, { v1: 50, v2: 30, v3: 20 });
});

test("a fault is injected for a while, and said wherever its requests are", async (t) => {
  const page = await open(t, "#/services/bookshop/ratings", "write");
  const form = page.locator("#fault form");
  await form.getByLabel("Requests").selectOption("abort");
  await form.getByLabel("Status").fill("418");
  await form.getByLabel("Percent of them").fill("100");
  await form.getByLabel("For seconds").fill("4");
  await form.getByRole("button", { name: "Inject" }).click();
  await form.getByText(/In force as revision/).waitFor({ timeout: WAIT_MS });
  const url = `${dependencyUrl(mesh, "bookshop/reviews-v2", "ratings")}/ratings/1`;
  assert.equal((await fetch(url)).status, 418);
  await page.getByText("requests wait or fail on purpose").waitFor();
  await eventually("it has ended", async () => (await fetch(url)).status === 200, WAIT_MS);
});

test("live requests pass by, wait while paused, and lead to their explanation", async (t) => {
  const page = await open(t, "#/tap?resource=deploy%2Fweb&direction=out");
  const rows = page.locator("table.tap tbody tr");
  await rows.nth(10).waitFor({ timeout: WAIT_MS });
  await page.getByRole("button", { name: "Pause" }).click();
  const paused = await rows.first().innerText();
  await page.waitForTimeout(1_500);
  assert.equal(await rows.first().innerText(), paused);
  await rows.first().locator("button.link").click();
  await page.locator("#detail").getByText("x-request-id").waitFor();
  await shoot(page, "tap");
  const again = page.getByRole("link", { name: "Ask the same now" });
  await again.click();
  await page.locator("#answer .outcome").waitFor({ timeout: WAIT_MS });
});

test("bodies are shown to who may write, where a document allows it, without secrets", async (t) => {
  const reading = await open(t, "#/tap");
  await reading.locator("table.tap tbody tr").first().waitFor({ timeout: WAIT_MS });
  assert.equal(await reading.getByLabel("Bodies").isDisabled(), true);
  const page = await open(t, "#/tap?resource=svc%2Fcatalog&direction=in", "write");
  await page.locator("select[name=bodies]:enabled").waitFor();
  const ask = async () => {
    await page.getByLabel("Bodies").selectOption("with");
    await page.getByRole("button", { name: "Filter" }).click();
  };
  await ask();
  await page.getByText("spec.tap.bodies is none").waitFor();
  const command = await page.locator("#watch .command-line code").textContent();
  assert.equal(command, "weft tap svc/catalog --direction in --body");
  const config = "apiVersion: weft.dev/v1alpha1\nkind: MeshConfig\nmetadata: { name: mesh }\n";
  const revision = await revisionNow();
  const rules = "spec: { tap: { bodies: structured, redact: { fields: [title] } } }";
  mesh.write("mesh-config.yaml", `${config}${rules}\n`);
  await eventually("it is in force", async () => (await revisionNow()) > revision, WAIT_MS);
  await page.reload();
  const rows = page.locator("table.tap tbody tr");
  await rows.nth(10).waitFor({ timeout: WAIT_MS });
  await page.getByRole("button", { name: "Pause" }).click();
  await rows.nth(10).locator("button.link").click();
  const body = page.locator("#detail .tapped-body").last();
  assert.match(await body.innerText(), /"title":"<redacted>"/);
  await body.scrollIntoViewIfNeeded();
  await shoot(page, "tap-bodies");
});

test("a request that fails is found by its id, with its way in time", async (t) => {
  const page = await open(t);
  const url = `${dependencyUrl(mesh, "bookshop/orders", "catalog")}/books/1`;
  const id = (await fetch(url)).headers.get("x-request-id")!;
  await page.goto(`${new URL(page.url()).origin}/#/explain?id=${id}`);
  const answer = page.locator("#answer");
  await answer.waitFor();
  // On a busy proxy a request that went well is often not among those that are told.
  const text = () => answer.innerText();
  await eventually("an answer", async () => /orders|No request with the id/.test(await text()));
});

test("a question is drawn: rules with what they missed, backends, endpoints", async (t) => {
  const page = await open(t, "#/explain");
  await page.getByLabel("From").fill("web");
  await page.getByLabel("To", { exact: true }).fill("catalog:9080");
  await page.getByLabel("Path").fill("/books");
  await page.getByRole("button", { name: "Explain", exact: true }).click();
  const decision = page.locator(".decision");
  await decision.getByText("VirtualService bookshop/catalog").first().waitFor();
  assert.match(await decision.innerText(), /header end-user must be .*tester.*, found none/s);
  assert.match(await decision.innerText(), /90\.0 %.*10\.0 %/s);
  await shoot(page, "explain");
});

test("a document is edited with the mesh's own findings, looked at, applied, taken back", async (t) => {
  const page = await open(t, "#/configure?file=catalog-routes.yaml", "write");
  const area = page.getByLabel("Text of catalog-routes.yaml");
  const text = await area.inputValue();
  await area.fill(text.replace("weight: 90", "weight: many"));
  await page.getByRole("button", { name: "See what changes" }).click();
  await page.locator(".preview .error").first().waitFor();
  assert.ok((await page.locator(".editor .lines .error").count()) > 0);
  assert.equal(await page.getByRole("button", { name: "Apply", exact: true }).isDisabled(), true);
  await area.fill(text.replace("weight: 90", "weight: 60").replace("weight: 10", "weight: 40"));
  await page.getByRole("button", { name: "See what changes" }).click();
  await page.locator(".changes ins").first().waitFor();
  assert.match(await page.locator(".changes").innerText(), /\+ VirtualService bookshop\/catalog/);
  await shoot(page, "configure");
  await page.getByRole("button", { name: "Apply", exact: true }).click();
  await page.getByText(/In force as revision/).waitFor({ timeout: WAIT_MS });
  await page.getByRole("button", { name: "Roll back: edited catalog-routes.yaml" }).click();
  await eventually("it is back", () => mesh.read("catalog-routes.yaml") === text);
  await page.goto(`${new URL(page.url()).origin}/#/`);
  await page.locator("#changed").getByText("VirtualService bookshop/catalog").first().waitFor();
  const { out } = await mesh.weft("get", "changes", "-n", "bookshop");
  assert.match(out, /^AT +CHANGED\n20\S+Z +.*VirtualService bookshop\/catalog (changed|removed)/);
});

test("a session that may only read changes nothing", async (t) => {
  const page = await open(t, "#/services/bookshop/reviews");
  await page.locator(".sliders input").first().waitFor();
  assert.equal(await page.locator(".sliders input").first().isDisabled(), true);
  await page.goto(`${new URL(page.url()).origin}/#/configure`);
  await page.getByText("This session may only read.").waitFor();
});

async function revisionNow(): Promise<number> {
  return (await mesh.ask<MeshStatus>(ADMIN_PATHS.status)).revision;
}

async function open(t: TestContext, hash = "#/", role: "read" | "write" = "read"): Promise<Page> {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  t.after(() => context.close());
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on("pageerror", (error) => complaints.push(String(error)));
  t.after(() => assert.deepEqual(complaints, []));
  const { out } = await mesh.weft("dashboard", ...(role === "write" ? ["--write"] : []));
  await page.goto(out.trim());
  await page.locator("nav.pages").waitFor({ timeout: WAIT_MS });
  await page.goto(`${new URL(out.trim()).origin}/${hash}`);
  await page.locator("main").waitFor({ timeout: WAIT_MS });
  return page;
}
