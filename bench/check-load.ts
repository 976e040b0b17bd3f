// Our load generator beside wrk, hey and h2load on the same target: do they find the same?
// `node bench/check-load.ts [--quick] [--only NAME] [--out FILE]`.
//
// Each tool has the target for itself, on another core than the target's, in an order that turns
// round from repeat to repeat. Medians
// of the repeats are compared: throughput within 5 %, percentiles within 10 %. In a closed loop
// every tool counts a latency from the sending of its request, and so does ours; in the open loop
// the target is far from its limit, so that nobody's requests wait to be sent.

import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { parseArgs } from "node:util";
import { BUSY_PATH, type CheckTarget, SPREAD_PATH, startCheckTarget } from "./check-target.ts";
import {
  type CheckShape,
  commandOf,
  type Finding,
  findingOf,
  OTHERS,
  RESOLUTION_US,
  type Tool,
} from "./checked-loads.ts";
import { loadAverage, machine, missingPrograms } from "./machine.ts";
import { onCore } from "./on-core.ts";
import { type Rig, tell, withRig } from "./rig.ts";
import { childFailure } from "./subject.ts";

type Comparison = {
  readonly shape: string;
  readonly figure: "perSecond" | "p50" | "p90" | "p99";
  readonly tool: Tool;
  readonly theirs: number;
  readonly ours: number;
  readonly ratio: number;
  readonly tolerance: number;
  readonly holds: boolean;
};

type Found = { readonly shape: string; readonly tool: Tool; readonly repeat: number } & Finding;

const HTTP1 = { protocol: "http1", streams: 1, keepsAlive: true } as const;
const CLOSED = { ratePerSecond: undefined } as const;
const SHAPES: readonly CheckShape[] = [
  {
    ...{ ...HTTP1, ...CLOSED, name: "spread", path: SPREAD_PATH, connections: 16 },
    tools: ["weft", "wrk", "hey", "h2load"],
  },
  {
    ...{ ...HTTP1, ...CLOSED, name: "spread, new connections", path: SPREAD_PATH },
    ...{ connections: 16, keepsAlive: false, tools: ["weft", "hey"] },
  },
  {
    ...{ ...CLOSED, name: "spread, HTTP/2", path: SPREAD_PATH, protocol: "http2" },
    ...{ connections: 4, streams: 4, keepsAlive: true, tools: ["weft", "h2load"] },
  },
  {
    ...{ ...HTTP1, name: "spread, 160/s", path: SPREAD_PATH, connections: 16 },
    ...{ ratePerSecond: 160, tools: ["weft", "hey", "h2load"] },
  },
  {
    ...{ ...HTTP1, ...CLOSED, name: "busy", path: BUSY_PATH, connections: 16 },
    tools: ["weft", "wrk", "hey", "h2load"],
  },
  {
    ...{ ...CLOSED, name: "busy, HTTP/2", path: BUSY_PATH, protocol: "http2" },
    ...{ connections: 4, streams: 4, keepsAlive: true, tools: ["weft", "h2load"] },
  },
];
const FULL = { repeats: 5, seconds: 4, restMs: 300, shapes: SHAPES };
// One of each protocol.
const QUICK = { repeats: 1, seconds: 1, restMs: 100, shapes: [SHAPES[1]!, SHAPES[2]!] };
const LIMIT_MS = 900_000;
const PATIENCE_MS = 20_000;
const THROUGHPUT_TOLERANCE = 0.05;
const PERCENTILE_TOLERANCE = 0.1;

const { values } = parseArgs({
  options: {
    quick: { type: "boolean", default: false },
    only: { type: "string" },
    out: { type: "string" },
  },
});
const chosen = values.quick ? QUICK : FULL;
const { only } = values;
const shapes = chosen.shapes.filter(({ name }) => only === undefined || name.startsWith(only));
const size = { ...chosen, shapes };

await withRig(
  LIMIT_MS,
  async (rig) => {
    const at = new Date().toISOString();
    const missing = missingPrograms(OTHERS);
    if (missing.length > 0) tell(howToInstall(missing));
    const target = await startCheckTarget(rig);
    const found: Found[] = [];
    for (const shape of size.shapes) {
      const tools = shape.tools.filter((tool) => !missing.includes(tool));
      if (tools.length > 1) found.push(...(await measureAll(rig, target, { ...shape, tools })));
    }
    const comparisons = compare(found);
    const report = {
      what: "check-load",
      at,
      command: `node bench/check-load.ts${values.quick ? " --quick" : ""}`,
      machine: machine(),
      loadAverageAfter: loadAverage(),
      size,
      missing,
      comparisons,
      found,
    };
    const path = values.out ?? defaultPath(at);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, `${JSON.stringify(report, null, 1)}\n`);
    process.stdout.write(`${table(comparisons)}${path}\n`);
    // One short repeat says only that all of them run.
    if (!values.quick && comparisons.some(({ holds }) => !holds)) process.exitCode = 1;
  },
  { nginx: "-v" },
);

async function measureAll(
  rig: Rig,
  target: CheckTarget,
  shape: CheckShape,
): Promise<readonly Found[]> {
  const found: Found[] = [];
  for (let repeat = 0; repeat < size.repeats; repeat++) {
    const order = repeat % 2 === 0 ? shape.tools : shape.tools.toReversed();
    for (const tool of order) {
      tell(`${shape.name}: ${tool}, repeat ${repeat + 1} of ${size.repeats}`);
      const finding = await measure(rig, target[shape.protocol], shape, tool);
      if (finding.limitReason !== "") tell(`  doesn't count: ${finding.limitReason}`);
      found.push({ shape: shape.name, tool, repeat, ...finding });
      await wait(size.restMs);
    }
  }
  return found;
}

async function measure(
  { children, folder }: Rig,
  origin: string,
  shape: CheckShape,
  tool: Tool,
): Promise<Finding> {
  const file = join(folder, `${tool}.log`);
  writeFileSync(file, "");
  const command = onCore(1, commandOf(tool, shape, origin, size.seconds, file));
  const child = children.start(tool, command);
  const timer = setTimeout(() => void child.stop(), size.seconds * 1000 + PATIENCE_MS);
  const code = await child.ended;
  clearTimeout(timer);
  if (code !== 0) throw childFailure(`No result of ${tool}`, child);
  const finding = findingOf(tool, child.output, size.seconds, file);
  if (finding.refused === 0) return finding;
  throw new Error(`${tool} on ${shape.name}: ${finding.refused} answers weren't 200`);
}

function compare(found: readonly Found[]): readonly Comparison[] {
  return SHAPES.flatMap(({ name, tools }) =>
    tools
      .filter((tool) => tool !== "weft")
      .flatMap((tool) => {
        const ours = medianOf(found, name, "weft");
        const theirs = medianOf(found, name, tool);
        return ours && theirs ? comparisons(name, tool, ours, theirs) : [];
      }),
  );
}

type Figures = Readonly<Record<Comparison["figure"], number>>;

function comparisons(
  shape: string,
  tool: Tool,
  ours: Figures,
  theirs: Figures,
): readonly Comparison[] {
  return (["perSecond", "p50", "p90", "p99"] as const).map((figure) => {
    const isRate = figure === "perSecond";
    // What a tool rounds away is no difference.
    const rounding = isRate ? 0 : RESOLUTION_US[tool] / 2 / theirs[figure];
    const tolerance = (isRate ? THROUGHPUT_TOLERANCE : PERCENTILE_TOLERANCE) + rounding;
    const ratio = ours[figure] / theirs[figure];
    return {
      ...{ shape, figure, tool, theirs: theirs[figure], ours: ours[figure] },
      ratio: Number(ratio.toFixed(3)),
      tolerance: Number(tolerance.toFixed(3)),
      holds: Math.abs(ratio - 1) <= tolerance,
    };
  });
}

// Of the runs that count. Undefined: there are none.
function medianOf(found: readonly Found[], shape: string, tool: Tool): Figures | undefined {
  const runs = found.filter(
    (one) => one.shape === shape && one.tool === tool && one.limitReason === "",
  );
  if (runs.length === 0) return undefined;
  const of = (figure: (run: Found) => number): number => {
    const sorted = runs.map(figure).sort((a, b) => a - b);
    const at = (sorted.length - 1) / 2;
    return ((sorted[Math.floor(at)] ?? 0) + (sorted[Math.ceil(at)] ?? 0)) / 2;
  };
  return {
    perSecond: of(({ perSecond }) => perSecond),
    p50: of(({ latencyUs }) => latencyUs.p50),
    p90: of(({ latencyUs }) => latencyUs.p90),
    p99: of(({ latencyUs }) => latencyUs.p99),
  };
}

function table(all: readonly Comparison[]): string {
  const lines = all.map(({ shape, figure, tool, ours, theirs, ratio, holds }) => {
    const cells = [shape.padEnd(24), figure.padEnd(10), tool.padEnd(7)];
    const numbers = [ours, theirs].map((value) => value.toFixed(0).padStart(9));
    return `${cells.join("")}${numbers.join("")}  ${ratio.toFixed(3)}  ${holds ? "ok" : "differs"}`;
  });
  const head = `${"load".padEnd(24)}${"figure".padEnd(10)}${"beside".padEnd(7)}     ours   theirs  ratio`;
  return `${[head, ...lines].join("\n")}\n`;
}

function howToInstall(missing: readonly string[]): string {
  const packages = missing.map((name) => (name === "h2load" ? "nghttp2-client" : name));
  return `Without ${missing.join(" and ")}, which Debian has: apt-get install ${packages.join(" ")}`;
}

// A quick run only shows that it works: it isn't kept beside the real ones.
function defaultPath(at: string): string {
  const name = `check-load-${at.slice(0, 16).replaceAll(":", "")}.json`;
  return values.quick
    ? join(import.meta.dirname, "..", ".cache", "check-load-quick.json")
    : join(import.meta.dirname, "results", name);
}
