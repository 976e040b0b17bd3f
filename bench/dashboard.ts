// What the dashboard costs those who look at it, in a real Chromium, and the control plane that
// serves it: `npm run bench:dashboard [-- --quick] [--out FILE]`. Two meshes, one after the other:
// two hundred workloads that are light proxies, and the bookshop with its load.

import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { parseArgs } from "node:util";
import type { Browser } from "playwright-core";
import { startChromium } from "../test/support/chromium.ts";
import { type FirstView, firstView } from "./dashboard/first-view.ts";
import { type MeasuredMesh, startBookshop, startCrowd } from "./dashboard/measured-meshes.ts";
import { loginLink, OpenPage, processorShare } from "./dashboard/open-page.ts";
import type { UpdateTimes } from "./dashboard/script-times.ts";
import { loadAverage, machine, versions } from "./machine.ts";
import { type Rig, tell, withRig } from "./rig.ts";
import { type Percentiles, percentilesOf } from "./scale/percentiles.ts";
import { type Spread, spreadOf } from "./spread.ts";

const { values } = parseArgs({
  options: { quick: { type: "boolean", default: false }, out: { type: "string" } },
});
const FULL = { loads: 10, updates: 20, pairs: 5, windowSeconds: 4 };
const QUICK = { loads: 2, updates: 3, pairs: 1, windowSeconds: 2 };
const size = values.quick ? QUICK : FULL;
const PAGES = { overview: "#/", graph: "#/graph" } as const;
const LIMIT_MS = 600_000;
const BUDGETS = {
  firstViewMs: 1_000,
  compressedBytes: 300_000,
  scriptMsOfUpdate: 8, // p95, at 200 nodes
  controlShareOfCore: 0.02,
} as const;

type PageName = keyof typeof PAGES;

type Measured = {
  readonly mesh: string;
  readonly nodes: number; // as the graph showed them
  readonly edges: number;
  readonly firstView: {
    readonly linkMs: Percentiles; // from following the link
    readonly pageMs: Percentiles; // from the navigation to the page
    readonly wireBytes: number; // the most
    readonly compressedBytes: number;
  };
  readonly updates: Readonly<Record<PageName, UpdateCost>>;
  readonly controlShare: {
    readonly without: Spread;
    // What an open page adds in each pair of windows; of one core.
    readonly added: Readonly<Record<PageName, Spread>>;
    readonly pairs: readonly Readonly<Record<PageName | "without", number>>[];
  };
};

type UpdateCost = {
  readonly updates: number;
  readonly scriptMs: Tail; // processor time
  readonly scriptWallMs: Tail;
  readonly each: readonly number[]; // ms of script
  readonly renderingMs: Tail; // style, layout, paint on the same thread
};
type Tail = { readonly p50: number; readonly p95: number; readonly max: number };

await withRig(
  LIMIT_MS,
  async (rig) => {
    const at = new Date().toISOString();
    const browser = await startChromium();
    const meshes: Measured[] = [];
    try {
      for (const start of [startCrowd, startBookshop])
        meshes.push(await measure(rig, browser, start));
    } finally {
      await browser.close();
    }
    const report = {
      ...{
        what: "dashboard",
        at,
        command: `npm run bench:dashboard${values.quick ? " -- --quick" : ""}`,
      },
      ...{ machine: machine(), versions: versions(undefined), chromium: browser.version() },
      ...{ loadAverageAfter: loadAverage(), size, budgets: BUDGETS, meshes },
      overBudget: meshes.flatMap(overBudget),
    };
    const path = values.out ?? defaultPath(at);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, `${JSON.stringify(report, null, 1)}\n`);
    process.stdout.write(
      `${JSON.stringify({ meshes, overBudget: report.overBudget }, null, 1)}\n${path}\n`,
    );
    if (!values.quick && report.overBudget.length > 0) process.exitCode = 1;
  },
  {},
);

async function measure(
  rig: Rig,
  browser: Browser,
  start: (rig: Rig) => Promise<MeasuredMesh>,
): Promise<Measured> {
  const mesh = await start(rig);
  tell(`${mesh.name}: measuring`);
  const views: FirstView[] = [];
  for (let i = 0; i < size.loads; i++)
    views.push(await firstView(browser, await loginLink(mesh.asked)));
  const page = await OpenPage.open(browser, mesh.asked, PAGES.graph);
  const shown = await page.shown();
  const graph = costOf(await page.scriptTimes(size.updates));
  await page.close();
  if (shown.nodes !== mesh.nodes) throw new Error(`The graph shows ${shown.nodes} nodes`);
  const overviewPage = await OpenPage.open(browser, mesh.asked, PAGES.overview);
  const overview = costOf(await overviewPage.scriptTimes(size.updates));
  await overviewPage.close();
  const controlShare = await controlShares(browser, mesh);
  await mesh.stop();
  return {
    ...{ mesh: mesh.name, ...shown },
    firstView: {
      linkMs: percentilesOf(views.map(({ linkMs }) => linkMs)),
      pageMs: percentilesOf(views.map(({ pageMs }) => pageMs)),
      wireBytes: Math.max(...views.map(({ wireBytes }) => wireBytes)),
      compressedBytes: Math.max(...views.map(({ compressedBytes }) => compressedBytes)),
    },
    ...{ updates: { overview, graph }, controlShare },
  };
}

// Windows without a page and with each of them, side by side; every other round backwards.
async function controlShares(
  browser: Browser,
  mesh: MeasuredMesh,
): Promise<Measured["controlShare"]> {
  const pairs: Record<PageName | "without", number>[] = [];
  for (let round = 0; round < size.pairs; round++) {
    const pair = { without: 0, overview: 0, graph: 0 };
    const order = ["without", "overview", "graph"] as const;
    for (const kind of round % 2 === 0 ? order : order.toReversed()) {
      const page =
        kind === "without" ? undefined : await OpenPage.open(browser, mesh.asked, PAGES[kind]);
      const share = await processorShare(mesh.controlPid, size.windowSeconds);
      await page?.close();
      pair[kind] = Number(share.toFixed(4));
    }
    pairs.push(pair);
  }
  const added = (name: PageName) =>
    spreadOf(pairs.map((pair) => 100 * (pair[name] - pair.without)));
  return {
    without: spreadOf(pairs.map(({ without }) => without)),
    added: { overview: added("overview"), graph: added("graph") },
    pairs,
  };
}

function costOf(times: readonly UpdateTimes[]): UpdateCost {
  return {
    updates: times.length,
    each: times.map(({ scriptMs }) => Number(scriptMs.toFixed(1))),
    scriptMs: tailOf(times.map(({ scriptMs }) => scriptMs)),
    scriptWallMs: tailOf(times.map(({ scriptWallMs }) => scriptWallMs)),
    renderingMs: tailOf(times.map(({ renderingMs }) => renderingMs)),
  };
}

function tailOf(timesMs: readonly number[]): Tail {
  const sorted = timesMs.toSorted((a, b) => a - b);
  const at = (share: number) =>
    Number((sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0).toFixed(2));
  return { p50: at(0.5), p95: at(0.95), max: at(1) };
}

// Sentences.
function overBudget({ mesh, firstView: first, updates, controlShare }: Measured): string[] {
  const { firstViewMs, compressedBytes, scriptMsOfUpdate, controlShareOfCore } = BUDGETS;
  const shares = [controlShare.added.overview.median, controlShare.added.graph.median];
  const script = [updates.overview.scriptMs.p95, updates.graph.scriptMs.p95];
  const found: readonly (readonly [what: string, value: number, most: number])[] = [
    ["first view, ms, most", first.linkMs.maxMs, firstViewMs],
    ["first view, bytes compressed", first.compressedBytes, compressedBytes],
    ["overview, ms of script for an update, p95", script[0]!, scriptMsOfUpdate],
    ["graph, ms of script for an update, p95", script[1]!, scriptMsOfUpdate],
    ["overview, control plane's share of a core, %", shares[0]!, 100 * controlShareOfCore],
    ["graph, control plane's share of a core, %", shares[1]!, 100 * controlShareOfCore],
  ];
  return found
    .filter(([, value, most]) => value > most)
    .map(([what, value, most]) => `${mesh}: ${what}: ${value}, should be at most ${most}`);
}

// A quick run only shows that it works: it isn't kept beside the real ones.
function defaultPath(at: string): string {
  const cache = join(import.meta.dirname, "..", ".cache", "dashboard-quick.json");
  const name = `dashboard-${at.slice(0, 16).replaceAll(":", "")}.json`;
  return values.quick ? cache : join(import.meta.dirname, "results", name);
}
