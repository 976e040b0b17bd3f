// What attacks cost the sidecar that is attacked, and those who are served beside them.
// `node bench/attacks.ts [--quick] [--repeats N] [--only TEXT,...]
// [--revision COMMIT] [--out FILE]`.
//
// Each attack is put on alone, for its processor time and memory, and beside honest traffic, for
// that traffic's latency. Bounds are the issue's: at most 10x the processor time of honest requests
// of as many bytes, at most 8x the memory that the limits grant, cut off within a second or 250
// events, and a p99 beside it of at most 2x.

import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { parseArgs } from "node:util";
import { ATTACK_KINDS, type AttackKind } from "./attack-kinds.ts";
import { type AttackFigures, attackTable, judge, type Measured } from "./attack-report.ts";
import type { Child } from "./children.ts";
import { closedLoop } from "./load-shapes.ts";
import { loadAverage, machine, versions } from "./machine.ts";
import { memoryOf, processorTime } from "./process-figures.ts";
import type { AttackOrder, AttackResult } from "./put-attack.ts";
import { putLoad } from "./put-load.ts";
import { benchProgram, type RealPair, startRealPair } from "./real-pair.ts";
import { type Rig, tell, withRig } from "./rig.ts";
import { childFailure } from "./subject.ts";

const FULL = { warmUpSeconds: 3, seconds: 2, repeats: 3 };
const QUICK = { warmUpSeconds: 0.3, seconds: 0.5, repeats: 1 };
const LIMIT_MS = 900_000;
const EXTRA_MS = 30_000;
const SAMPLE_MS = 25;
const SPARE_SECONDS = 1;
const SETTLED_MS = 2_000;
const GOOD = { ...closedLoop("good", 8), ratePerSecond: 300 };
// Beside others it comes back that often.
const COMES_BACK_AFTER_MS = 250;

const { values } = parseArgs({
  options: {
    quick: { type: "boolean", default: false },
    repeats: { type: "string" },
    only: { type: "string", default: "" },
    revision: { type: "string" },
    out: { type: "string" },
  },
});
const chosen = values.quick ? QUICK : FULL;
const size = { ...chosen, repeats: Number(values.repeats ?? chosen.repeats) };

type Run = Measured & { readonly result: AttackResult };

await withRig(
  LIMIT_MS,
  async (rig) => {
    const at = new Date().toISOString();
    const running = await startRealPair(rig, values.revision);
    const figures: AttackFigures[] = [];
    const honest = {
      mesh: await warmUp(rig, running, "mesh"),
      outbound: await warmUp(rig, running, "outbound"),
    };
    for (const kind of ATTACK_KINDS.filter(isWanted)) {
      figures.push(await measureKind(rig, running, kind, honest[kind.on]));
    }
    const report = {
      what: "attacks",
      at,
      command: `node bench/attacks.ts${values.quick ? " --quick" : ""}`,
      machine: machine(),
      versions: versions(values.revision),
      loadAverageAfter: loadAverage(),
      size,
      good: { ...GOOD, comesBackAfterMs: COMES_BACK_AFTER_MS },
      honest: { mesh: perByteNs(honest.mesh), outbound: perByteNs(honest.outbound) },
      figures,
    };
    const path = values.out ?? defaultPath(at);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, `${JSON.stringify(report, null, 1)}\n`);
    process.stdout.write(`${attackTable(figures)}${path}\n`);
    // A short run says nothing of what anything costs.
    if (!values.quick && figures.some(({ broken }) => broken.length > 0)) process.exitCode = 1;
  },
  {},
);

function isWanted({ name }: AttackKind): boolean {
  return values.only.split(",").some((part) => name.includes(part));
}

// V8 compiles for the first tens of thousands of requests, and the heap grows to its usual size.
async function warmUp(rig: Rig, running: RealPair, on: AttackKind["on"]): Promise<Run> {
  await put(rig, running, undefined, on, { seconds: size.warmUpSeconds, connections: 16 });
  return put(rig, running, undefined, on, { seconds: size.seconds, connections: 16 });
}

async function measureKind(
  rig: Rig,
  running: RealPair,
  kind: AttackKind,
  honest: Run,
): Promise<AttackFigures> {
  const runs = [];
  for (let i = 0; i < size.repeats; i++) {
    const seconds = lengthOf(kind);
    const alone = await put(rig, running, kind, kind.on, { seconds });
    const goodAlone = await putGood(rig, running, size.seconds);
    const pauseMs = COMES_BACK_AFTER_MS;
    const connections = kind.does === "flood" ? 1 : kind.connections;
    const beside = await begin(rig, running, kind, kind.on, {
      ...{ seconds: size.seconds + spareSeconds(kind), connections, pauseMs },
    });
    // What those who keep their connections fetch at first is no attack yet.
    if (kind.does !== "flood") await wait(SETTLED_MS);
    const goodBeside = await putGood(rig, running, size.seconds);
    await beside.ended;
    runs.push({
      ...alone.result,
      cpuNsPerByte: perByteNs(alone),
      grownKiB: alone.grownKiB,
      p99AloneUs: goodAlone.latencyUs.p99,
      p99BesideUs: goodBeside.latencyUs.p99,
    });
  }
  const figures = judge(kind, runs, perByteNs(honest));
  tell(attackTable([figures]).trimEnd());
  return figures;
}

// An attack lasts longer than what is served beside it.
function spareSeconds({ does }: AttackKind): number {
  return SPARE_SECONDS + (does === "flood" ? 0 : SETTLED_MS / 1000);
}

// Long enough for its end, where it is to have one.
function lengthOf({ cutWithinMs }: AttackKind): number {
  if (values.quick) return size.seconds;
  return Math.max(size.seconds, (cutWithinMs ?? 0) / 1000);
}

type PutOptions = {
  readonly seconds: number;
  readonly connections?: number;
  readonly pauseMs?: number;
};

async function put(
  rig: Rig,
  running: RealPair,
  kind: AttackKind | undefined,
  on: AttackKind["on"],
  options: PutOptions,
): Promise<Run> {
  const { ended } = await begin(rig, running, kind, on, options);
  return ended;
}

// Until it is under way: the start of a process takes a core for a while.
async function begin(
  rig: Rig,
  { pair }: RealPair,
  kind: AttackKind | undefined,
  on: AttackKind["on"],
  { seconds, connections = kind?.connections ?? 1, pauseMs = 0 }: PutOptions,
): Promise<{ readonly ended: Promise<Run> }> {
  const role = on === "mesh" ? "inbound" : "outbound";
  const { pid = 0 } = pair.subject.proxies.find((one) => one.role === role) ?? {};
  const target = new URL(on === "mesh" ? `http://${pair.mesh}` : pair.subject.url);
  const order: AttackOrder = {
    ...{ name: kind?.name, on, connections, seconds, pauseMs },
    ...{ address: target.hostname, port: Number(target.port), path: target.pathname },
    ...{ credentials: pair.credentials, workloadPort: pair.backend.port },
  };
  const child = rig.children.start(kind?.name ?? "honest", benchProgram("put-attack.ts", order));
  if (!(await child.printed(/^begins$/m, EXTRA_MS))) {
    throw childFailure("The attack didn't begin", child);
  }
  return { ended: watch(child, pid, seconds) };
}

async function watch(child: Child, pid: number, seconds: number): Promise<Run> {
  const before = { cpu: processorTime(pid), memory: memoryOf(pid).anonymousKiB };
  let most = before.memory;
  const watching = setInterval(() => {
    most = Math.max(most, memoryOf(pid).anonymousKiB);
  }, SAMPLE_MS);
  const found = await child.printed(/^\{.*\}$/m, seconds * 1000 + EXTRA_MS);
  clearInterval(watching);
  const cpu = processorTime(pid);
  if (!found) throw childFailure("The attack had no result", child);
  const cpuMs = cpu.userMs + cpu.systemMs - before.cpu.userMs - before.cpu.systemMs;
  return { cpuMs, grownKiB: most - before.memory, result: JSON.parse(found[0]) };
}

function putGood(rig: Rig, { pair, build }: RealPair, seconds: number) {
  return putLoad(rig.children, build.load, pair.subject, GOOD, { seconds });
}

function perByteNs({ cpuMs, result }: Run): number {
  return Math.round((cpuMs * 1e6) / Math.max(1, result.bytes));
}

// A quick run only shows that it works: it isn't kept beside the real ones.
function defaultPath(at: string): string {
  const name = `attacks-${at.slice(0, 16).replaceAll(":", "")}.json`;
  if (!values.quick) return join(import.meta.dirname, "results", name);
  return join(import.meta.dirname, "..", ".cache", "attacks-quick.json");
}
