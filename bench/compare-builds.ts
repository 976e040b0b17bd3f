// Two builds or two sets of Node's flags for the sidecars, side by side: before and after a change.
//
//   node bench/compare-builds.ts [--a COMMIT] [--b COMMIT] [--a-flags=...] [--b-flags=...]
//     [--a-telemetry LEVEL] [--b-telemetry LEVEL] [--connections N] [--repeats N] [--seconds N]
//
// A commit that isn't given is the checkout as it is; flags go to Node beside those that sidecars get
// anyway; telemetry is as in `weft bench rig`, so that it can be measured what observing costs. Prints
// JSON, one line a build, and how many times a request of A one of B costs, repeat by repeat.

import { join } from "node:path";
import { parseArgs } from "node:util";
import { freezeBuild } from "./frozen-build.ts";
import { closedLoop, type LoadShape } from "./load-shapes.ts";
import { machine } from "./machine.ts";
import { measureRun, type Run } from "./measure-run.ts";
import { type NginxBackend, startNginx } from "./peers/nginx-backend.ts";
import { putLoad } from "./put-load.ts";
import { type Rig, tell, withRig } from "./rig.ts";
import { FULL } from "./schedule.ts";
import { spreadOf } from "./spread.ts";
import type { Started } from "./subject.ts";
import { startWeftRig } from "./weft-rig.ts";

const LIMIT_MS = 400_000;
const WARM_UP_SECONDS = 0.5;
const FIRST_WARM_UP = { seconds: 20, requests: FULL.warmUpRequests };

const { values } = parseArgs({
  options: {
    a: { type: "string" },
    b: { type: "string" },
    "a-flags": { type: "string", default: "" },
    "b-flags": { type: "string", default: "" },
    "a-telemetry": { type: "string", default: "metrics" },
    "b-telemetry": { type: "string", default: "metrics" },
    connections: { type: "string", default: "64" },
    repeats: { type: "string", default: "5" },
    seconds: { type: "string", default: "3" },
  },
});

type Side = "a" | "b";

type Candidate = { readonly load: readonly string[]; readonly start: () => Promise<Started> };

await withRig(LIMIT_MS, async (rig) => {
  const backend = await startNginx(rig.children, join(rig.folder, "nginx"));
  const candidates = { a: prepare(rig, "a", backend), b: prepare(rig, "b", backend) };
  const shape = closedLoop("closed", Number(values.connections));
  const runs: { readonly side: Side; readonly repeat: number; readonly run: Run }[] = [];
  for (let repeat = 0; repeat < Number(values.repeats); repeat++) {
    const pairs = { a: await candidates.a.start(), b: await candidates.b.start() };
    for (const { subject } of [pairs.a, pairs.b]) {
      await putLoad(rig.children, candidates.a.load, subject, shape, FIRST_WARM_UP);
    }
    // A-B-B-A within each repeat, and turned round from one to the next.
    const order: readonly Side[] = repeat % 2 === 0 ? ["a", "b", "b", "a"] : ["b", "a", "a", "b"];
    for (const side of order) {
      const run = await measure(rig, candidates.a.load, pairs[side], shape, backend);
      tell(`repeat ${repeat + 1}: ${side} ${run.cpuUs.total} us, others ${run.foreignShare}`);
      for (const reason of run.refused) tell(`  doesn't count: ${reason}`);
      if (run.refused.length === 0) runs.push({ side, repeat, run });
    }
    await Promise.all([pairs.a.stop(), pairs.b.stop()]);
  }
  for (const side of ["a", "b"] as const) {
    const own = runs.filter((one) => one.side === side).map(({ run }) => run);
    process.stdout.write(`${JSON.stringify({ side, ...summaryOf(own) })}\n`);
  }
  const ratios = Array.from({ length: Number(values.repeats) }, (_, repeat) => {
    const [a = 0, b = 0] = (["a", "b"] as const).map((side) => {
      const own = runs.filter((one) => one.side === side && one.repeat === repeat);
      return own.reduce((sum, { run }) => sum + run.cpuUs.total, 0) / own.length;
    });
    return Number((b / a).toFixed(3));
  }).filter(Number.isFinite);
  process.stdout.write(`${JSON.stringify({ cpuOfBByA: spreadOf(ratios), ratios })}\n`);
});

function prepare({ children, folder }: Rig, side: Side, backend: NginxBackend): Candidate {
  const proxyFlags = values[`${side}-flags`].split(" ").filter(Boolean);
  const build = freezeBuild(join(folder, side), { revision: values[side], proxyFlags });
  const start = () =>
    startWeftRig(children, build, { way: "pair", backend, telemetry: values[`${side}-telemetry`] });
  return { load: build.load, start };
}

// Both get the same load generator.
function measure(
  { children }: Rig,
  load: readonly string[],
  pair: Started,
  shape: LoadShape,
  backend: NginxBackend,
): Promise<Run> {
  return measureRun(pair.subject, shape, {
    children,
    load,
    backendPids: backend.pids,
    cores: machine().cores,
    warmUpSeconds: WARM_UP_SECONDS,
    windowSeconds: Number(values.seconds),
    isTimed: true,
  });
}

function summaryOf(runs: readonly Run[]) {
  const of = (figure: (run: Run) => number) => spreadOf(runs.map(figure));
  return {
    cpuUs: of(({ cpuUs }) => cpuUs.total),
    perSecond: of(({ perSecond }) => perSecond),
    p50Us: of(({ latencyUs }) => latencyUs.p50),
    p99Us: of(({ latencyUs }) => latencyUs.p99),
    outboundKiB: of(({ memory }) => memory[0]!.anonymousKiB),
    inboundKiB: of(({ memory }) => memory[1]!.anonymousKiB),
  };
}
