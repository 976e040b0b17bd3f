// A page of the dashboard in the real browser, and what it costs: the browser in scripts, the
// control plane in processor time.

import { setTimeout as wait } from "node:timers/promises";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { ADMIN_PATHS } from "#api/admin-paths.ts";
import type { LoginCode } from "#api/session.ts";
import { type AskedMesh, askMesh } from "#cli/ask-mesh.ts";
import { exactProcessorMs } from "../process-figures.ts";
import { MARK_UPDATES, type TraceEvent, type UpdateTimes, updateTimes } from "./script-times.ts";

const CATEGORIES = [
  "blink.user_timing",
  "devtools.timeline",
  "v8",
  "v8.execute",
  "disabled-by-default-v8.gc",
];
const SETTLE_MS = 2_000;
const PATIENCE_MS = 30_000;

// "http://127.0.0.1:.../login?code=...", good once.
export async function loginLink(mesh: AskedMesh): Promise<string> {
  const question = { path: ADMIN_PATHS.loginCodes, body: {} };
  const answer = await askMesh<LoginCode>(mesh, question);
  if (answer.kind === "error") throw new Error(answer.error.message);
  return mesh.adminUrl + answer.value.path;
}

export class OpenPage {
  readonly #browser: Browser;
  readonly #context: BrowserContext;
  readonly #page: Page;

  private constructor(browser: Browser, context: BrowserContext, page: Page) {
    this.#browser = browser;
    this.#context = context;
    this.#page = page;
  }

  static async open(browser: Browser, mesh: AskedMesh, hash: string): Promise<OpenPage> {
    const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
    const page = await context.newPage();
    await page.addInitScript(MARK_UPDATES);
    await page.goto(await loginLink(mesh));
    await page.locator("nav.pages").waitFor({ timeout: PATIENCE_MS });
    await page.goto(`${mesh.adminUrl}/${hash}`);
    await page.locator(".graph a.node").first().waitFor({ timeout: PATIENCE_MS });
    await wait(SETTLE_MS);
    return new OpenPage(browser, context, page);
  }

  // Nodes and edges that its graph shows.
  async shown(): Promise<{ readonly nodes: number; readonly edges: number }> {
    const nodes = await this.#page.locator(".graph a.node").count();
    return { nodes, edges: await this.#page.locator(".graph .line").count() };
  }

  async scriptTimes(seconds: number): Promise<readonly UpdateTimes[]> {
    await this.#browser.startTracing(this.#page, { categories: CATEGORIES });
    await wait(seconds * 1_000);
    const trace = await this.#browser.stopTracing();
    const { traceEvents } = JSON.parse(trace.toString("utf8"));
    return updateTimes(traceEvents as readonly TraceEvent[]);
  }

  close(): Promise<void> {
    return this.#context.close();
  }
}

// Of one core.
export async function processorShare(pid: number, seconds: number): Promise<number> {
  const [beforeMs, atMs] = [exactProcessorMs(pid), performance.now()];
  await wait(seconds * 1_000);
  return (exactProcessorMs(pid) - beforeMs) / (performance.now() - atMs);
}
