// What observing costs: each feature by its switch, pairs with and without it side by side.
// `node bench/overhead.ts [--quick] [--repeats N] [--connections N] [--revision COMMIT] [--out FILE]`.
//
// All levels run in each repeat, there and back again; a feature's overhead in a repeat is the ratio
// of the processor time that the pair of proxies spent on a request with it and without. What
// documents switch is switched in one pair of processes, since two pairs differ by more than most
// features cost; what only a setting of the process does has a pair of its own. Callers send no
// trace: so the mesh draws 1 % itself.

import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { parseArgs } from "node:util";
import { type FrozenBuild, freezeBuild } from "./frozen-build.ts";
import { closedLoop, type LoadShape } from "./load-shapes.ts";
import { loadAverage, machine, versions } from "./machine.ts";
import { measureRun } from "./measure-run.ts";
import { type Overhead, overheadOf } from "./overhead-interval.ts";
import { type NginxBackend, startNginx } from "./peers/nginx-backend.ts";
import { putLoad } from "./put-load.ts";
import { type Rig, tell, withRig } from "./rig.ts";
import { spreadOf } from "./spread.ts";
import { startWeftRig, type WeftRig } from "./weft-rig.ts";

// As in `weft bench rig`, each with what its feature is compared with.
const LEVELS = [
  ...(["off", "counts", "metrics", "access-log", "tracing", "full", "full-twice"] as const),
] as const;
type Level = (typeof LEVELS)[number];
// In processes of their own.
const SETTINGS: readonly Level[] = ["off", "counts"];
// Where all has run once, and all is compiled.
const ALL: Level = "full-twice";
const SWITCHED_MS = 2_000;

const FEATURES: readonly {
  readonly name: string;
  readonly with: Level;
  readonly without: Level;
}[] = [
  { name: "metrics", with: "counts", without: "off" },
  { name: "idle tap, and requests kept for explain", with: "metrics", without: "counts" },
  { name: "access log, a line of each request", with: "access-log", without: "metrics" },
  { name: "1 % tracing", with: "tracing", without: "metrics" },
  { name: "all of it", with: "full", without: "off" },
  { name: "all of it, with a line by each side", with: "full-twice", without: "off" },
];

const { values } = parseArgs({
  options: {
    quick: { type: "boolean", default: false },
    repeats: { type: "string" },
    connections: { type: "string", default: "64" },
    revision: { type: "string" },
    out: { type: "string" },
  },
});
// `passes`: there and back again, so often.
const FULL = {
  ...{ repeats: 10, passes: 1, warmUpRequests: 120_000, warmUpSeconds: 0.3, windowSeconds: 1 },
};
const QUICK = {
  ...{ repeats: 1, passes: 1, warmUpRequests: 2_000, warmUpSeconds: 0.1, windowSeconds: 0.3 },
};
const chosen = values.quick ? QUICK : FULL;
const size = { ...chosen, repeats: Number(values.repeats ?? chosen.repeats) };
const FIRST_WARM_UP_SECONDS = 20;
const LIMIT_MS = 1_800_000;
// What all of it may cost.
const BUDGET = 1.1;

type Measured = { readonly level: Level; readonly repeat: number; readonly cpuUs: number };

type Setting = { readonly rig: Rig; readonly build: FrozenBuild; readonly backend: NginxBackend };

await withRig(
  LIMIT_MS,
  async (rig) => {
    const at = new Date().toISOString();
    const build = freezeBuild(join(rig.folder, "build"), { revision: values.revision });
    const backend = await startNginx(rig.children, join(rig.folder, "nginx"));
    const shape: LoadShape = {
      ...closedLoop("closed", Number(values.connections)),
      isTraced: false,
    };
    const before = loadAverage();
    const measured: Measured[] = [];
    for (let repeat = 0; repeat < size.repeats; repeat++) {
      measured.push(...(await measureAll({ rig, build, backend }, shape, repeat)));
    }
    const rows = FEATURES.map(({ name, ...compared }) => ({
      feature: name,
      ...compared,
      ...overheadOf(ratiosOf(measured, compared)),
    }));
    const report = {
      what: "overhead",
      at,
      command: `node bench/overhead.ts ${process.argv.slice(2).join(" ")}`.trimEnd(),
      machine: machine(),
      versions: versions(values.revision),
      loadAverage: { before, after: loadAverage() },
      size,
      rows,
      measured,
    };
    const path = values.out ?? defaultPath(at);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, `${JSON.stringify(report, null, 1)}\n`);
    process.stdout.write(`${tableOf(rows)}\n${path}\n`);
    const all = rows.find((row) => row.with === "full")!;
    if (!values.quick && all.ratio > BUDGET) process.exitCode = 1;
  },
  { nginx: "-v" },
);

// Forth and back, so that whatever drifts meets each level alike.
async function measureAll(
  { rig, build, backend }: Setting,
  shape: LoadShape,
  repeat: number,
): Promise<Measured[]> {
  const start = async (telemetry: Level): Promise<WeftRig> => {
    const pair = await startWeftRig(rig.children, build, { way: "pair", backend, telemetry });
    await putLoad(rig.children, build.load, pair.subject, shape, {
      ...{ seconds: FIRST_WARM_UP_SECONDS, requests: size.warmUpRequests },
    });
    return pair;
  };
  const switched = await start(ALL);
  const pairs = new Map<Level, WeftRig>();
  for (const level of SETTINGS) pairs.set(level, await start(level));
  const turned = LEVELS.map((_, at) => LEVELS[(at + repeat) % LEVELS.length]!);
  const pass = [...turned, ...turned.toReversed()];
  const measured: Measured[] = [];
  for (const level of Array.from({ length: size.passes }, () => pass).flat()) {
    const own = pairs.get(level);
    if (own === undefined) {
      switched.observe(level);
      await wait(SWITCHED_MS);
    }
    const run = await measureRun((own ?? switched).subject, shape, {
      ...{ children: rig.children, load: build.load, backendPids: backend.pids },
      ...{ cores: machine().cores, isTimed: !values.quick },
      ...{ warmUpSeconds: size.warmUpSeconds, windowSeconds: size.windowSeconds },
    });
    tell(`repeat ${repeat + 1}: ${level} ${run.cpuUs.total} us ${run.refused.join("; ")}`);
    if (run.refused.length === 0) measured.push({ level, repeat, cpuUs: run.cpuUs.total });
  }
  await Promise.all([switched, ...pairs.values()].map((pair) => pair.stop()));
  return measured;
}

function ratiosOf(
  measured: readonly Measured[],
  compared: { readonly with: Level; readonly without: Level },
): number[] {
  return Array.from({ length: size.repeats }, (_, repeat) => {
    const cpuUs = (level: Level) => {
      const own = measured.filter((one) => one.level === level && one.repeat === repeat);
      return spreadOf(own.map((one) => one.cpuUs)).median;
    };
    return cpuUs(compared.with) / cpuUs(compared.without);
  }).filter(Number.isFinite);
}

function tableOf(rows: readonly (Overhead & { readonly feature: string })[]): string {
  const percent = (ratio: number) => `${((ratio - 1) * 100).toFixed(1)} %`;
  return rows
    .map(
      ({ feature, ratio, low, high, pairs }) =>
        `${feature}: ${percent(ratio)} (${percent(low)} to ${percent(high)}, ${pairs} pairs)`,
    )
    .join("\n");
}

function defaultPath(at: string): string {
  const name = `overhead-${at.slice(0, 16).replace(":", "")}.json`;
  return join(import.meta.dirname, "results", name);
}
