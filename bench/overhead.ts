// What observing costs: each feature by its switch, pairs with and without it side by side.
//
// node bench/overhead.ts [--quick] [--repeats N] [--levels A,B] [--connections N]
//   [--revision COMMIT] [--out FILE]
//
// In each repeat every level has a pair of proxies of its own, and a load that is let run for a slice
// of a second in turn: what the machine does besides changes from second to second, and meets all
// levels alike. A feature's overhead in a repeat is the ratio of the processor time that a pair spent
// on a request with it and without: the median of the repeat's seconds, of four slices each, so that
// what a proxy does once a second counts. Proxies have a core of their own; load, application, and
// who reads the proxies' lines another one. Callers send no trace: so the mesh draws 1 % itself.

import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { parseArgs } from "node:util";
import { RIG_TELEMETRY } from "#bench/rig/rig-options.ts";
import type { Child } from "./children.ts";
import { type FrozenBuild, freezeBuild } from "./frozen-build.ts";
import { closedLoop, type LoadShape } from "./load-shapes.ts";
import { loadAverage, machine, versions } from "./machine.ts";
import { moveToCore, onCore } from "./on-core.ts";
import { type Overhead, overheadOf } from "./overhead-interval.ts";
import { type NginxBackend, startNginx } from "./peers/nginx-backend.ts";
import { exactProcessorMs } from "./process-figures.ts";
import { startLoad } from "./put-load.ts";
import { type Rig, tell, withRig } from "./rig.ts";
import { medianOf, spreadOf } from "./spread.ts";
import { childFailure } from "./subject.ts";
import { startWeftRig, type WeftRig } from "./weft-rig.ts";

// As in `weft bench rig`, each with what its feature is compared with.
const LEVELS = RIG_TELEMETRY;
type Level = (typeof LEVELS)[number];

const FEATURES: readonly {
  readonly name: string;
  readonly with: Level;
  readonly without: Level;
}[] = [
  { name: "metrics", with: "counts", without: "off" },
  { name: "idle tap, and requests kept for explain", with: "metrics", without: "counts" },
  { name: "metrics, idle tap, and requests kept for explain", with: "metrics", without: "off" },
  { name: "access log, a line of each request", with: "access-log", without: "metrics" },
  { name: "1 % tracing", with: "tracing", without: "metrics" },
  { name: "metrics, idle tap, access log and 1 % tracing", with: "unkept", without: "off" },
  { name: "all of it", with: "full", without: "off" },
  { name: "all of it, with a line by each side", with: "full-twice", without: "off" },
];

const { values } = parseArgs({
  options: {
    quick: { type: "boolean", default: false },
    repeats: { type: "string" },
    levels: { type: "string", default: LEVELS.join(",") },
    connections: { type: "string", default: "64" },
    revision: { type: "string" },
    out: { type: "string" },
  },
});
// V8 compiles for the first million requests, longer the more there is to do for one.
const FULL = { repeats: 10, rounds: 48, warmUpSeconds: 40 };
const QUICK = { repeats: 1, rounds: 4, warmUpSeconds: 1 };
const chosen = values.quick ? QUICK : FULL;
const size = { ...chosen, repeats: Number(values.repeats ?? chosen.repeats) };
const SLICE_MS = 250;
const SLICES_A_SECOND = 4;
// Until connections are busy again, or their last answers have come.
const SETTLING_MS = 30;
// Until all connections are there.
const OPENING_MS = 1_000;
const LIMIT_MS = 5_400_000;
// Of proxies, and of all others.
const [PROXIES_CORE, OTHERS_CORE] = [0, 1];
const asked = values.levels.split(",");
const unknown = asked.filter((name) => !LEVELS.some((level) => level === name));
if (unknown.length > 0) {
  throw new Error(`--levels: no level ${unknown.join(", ")}; there are ${LEVELS.join(", ")}`);
}
const chosenLevels = LEVELS.filter((level) => asked.includes(level));
const chosenFeatures = FEATURES.filter((feature) =>
  [feature.with, feature.without].every((level) => chosenLevels.includes(level)),
);
// What metrics, idle tap, access log and tracing may cost together.
const BUDGET = 1.1;

type Measured = {
  readonly level: Level;
  readonly repeat: number;
  readonly round: number;
  readonly cpuUs: number;
};

// A pair of proxies, and its load, which stands still unless it is its turn.
type Loaded = { readonly pair: WeftRig; readonly load: Child };

type Setting = { readonly rig: Rig; readonly build: FrozenBuild; readonly backend: NginxBackend };

await withRig(
  LIMIT_MS,
  async (rig) => {
    const at = new Date().toISOString();
    const frozen = freezeBuild(join(rig.folder, "build"), { revision: values.revision });
    const build = { ...frozen, load: onCore(OTHERS_CORE, frozen.load) };
    const backend = await startNginx(rig.children, join(rig.folder, "nginx"));
    moveToCore(OTHERS_CORE, backend.pids);
    const shape: LoadShape = {
      ...closedLoop("closed", Number(values.connections)),
      isTraced: false,
    };
    const before = loadAverage();
    const measured: Measured[] = [];
    for (let repeat = 0; repeat < size.repeats; repeat++) {
      measured.push(...(await measureAll({ rig, build, backend }, shape, repeat)));
    }
    const rows = chosenFeatures.map(({ name, ...compared }) => ({
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
    const ratio = rows.find((row) => row.with === "unkept")?.ratio ?? 1;
    if (!values.quick && ratio > BUDGET) process.exitCode = 1;
  },
  { nginx: "-v" },
);

async function measureAll(setting: Setting, shape: LoadShape, repeat: number): Promise<Measured[]> {
  const { length } = chosenLevels;
  const turned = chosenLevels.map((_, at) => chosenLevels[(at + repeat) % length]!);
  const all: (readonly [Level, Loaded])[] = [];
  for (const level of turned) all.push([level, await startLoaded(setting, shape, level)]);
  // In turn, too: of what has long stood still V8 throws code away.
  for (let second = 0; second < size.warmUpSeconds; second++) {
    for (const [, { load }] of all) {
      process.kill(load.pid, "SIGCONT");
      await wait(1000);
      process.kill(load.pid, "SIGSTOP");
    }
  }
  const measured: Measured[] = [];
  for (let round = 0; round < size.rounds; round++) {
    // There and back, so that whatever drifts meets each alike.
    for (const [level, loaded] of round % 2 === 0 ? all : all.toReversed()) {
      const cpuUs = await measureSlice(setting.backend, loaded);
      measured.push({ level, repeat, round, cpuUs: Number(cpuUs.toFixed(2)) });
    }
  }
  for (const [level, { pair, load }] of all) {
    const { median } = spreadOf(cpuOf(measured, level, repeat));
    tell(`repeat ${repeat + 1}: ${level} ${median.toFixed(1)} us`);
    process.kill(load.pid, "SIGCONT");
    await load.stop();
    await pair.stop();
  }
  return measured;
}

async function startLoaded(
  { rig, build, backend }: Setting,
  shape: LoadShape,
  telemetry: Level,
): Promise<Loaded> {
  const pair = await startWeftRig(rig.children, build, { way: "pair", backend, telemetry });
  moveToCore(OTHERS_CORE, [pair.pid]);
  moveToCore(
    PROXIES_CORE,
    pair.subject.proxies.map(({ pid }) => pid),
  );
  const load = startLoad(rig.children, build.load, pair.subject, shape, {
    seconds: LIMIT_MS / 1000,
  });
  await wait(OPENING_MS);
  process.kill(load.pid, "SIGSTOP");
  return { pair, load };
}

async function measureSlice(backend: NginxBackend, { pair, load }: Loaded): Promise<number> {
  const cpuMs = () => pair.subject.proxies.reduce((sum, { pid }) => sum + exactProcessorMs(pid), 0);
  if (!load.isRunning) throw childFailure("The load ended", load);
  process.kill(load.pid, "SIGCONT");
  await wait(SETTLING_MS);
  const [requests, spentMs] = [await backend.requests(), cpuMs()];
  await wait(SLICE_MS);
  const [requestsAfter, spentAfterMs] = [await backend.requests(), cpuMs()];
  process.kill(load.pid, "SIGSTOP");
  await wait(SETTLING_MS);
  // One of them is the question how many there were.
  return ((spentAfterMs - spentMs) * 1000) / (requestsAfter - requests - 1);
}

// In the order of the rounds.
function cpuOf(measured: readonly Measured[], level: Level, repeat: number): number[] {
  const own = measured.filter((one) => one.level === level && one.repeat === repeat);
  return own.map(({ cpuUs }) => cpuUs);
}

function ratiosOf(
  measured: readonly Measured[],
  compared: { readonly with: Level; readonly without: Level },
): number[] {
  return Array.from({ length: size.repeats }, (_, repeat) => {
    const without = secondsOf(measured, compared.without, repeat);
    const ratios = secondsOf(measured, compared.with, repeat).map((us, at) => us / without[at]!);
    return medianOf(ratios);
  });
}

function secondsOf(measured: readonly Measured[], level: Level, repeat: number): number[] {
  const slices = cpuOf(measured, level, repeat);
  return Array.from({ length: slices.length / SLICES_A_SECOND }, (_, second) =>
    slices
      .slice(second * SLICES_A_SECOND, (second + 1) * SLICES_A_SECOND)
      .reduce((sum, us) => sum + us, 0),
  );
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
