// Weft's pair of sidecars beside HAProxy's, in one run on one machine: what a request costs in
// processor time, memory and latency. `node bench/pair.ts [--quick] [--revision COMMIT] [--out FILE]`.
//
//   load -> outbound proxy -> mTLS -> inbound proxy -> nginx
//
// Figures hold only inside one run: compare the subjects, not two files.

import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { parseArgs } from "node:util";
import { freezeBuild } from "./frozen-build.ts";
import { makeCertificates } from "./haproxy-pair.ts";
import { FULL, QUICK, type Schedule } from "./load-shapes.ts";
import { loadAverage, machine, versions } from "./machine.ts";
import { measureRepeat, type Repeat, type RepeatSetting } from "./measure-repeat.ts";
import { pairReport, pairTable } from "./pair-report.ts";
import { type Rig, tell, withRig } from "./rig.ts";
import { startWeftPair, writeMesh } from "./weft-pair.ts";

const { values } = parseArgs({
  options: {
    quick: { type: "boolean", default: false },
    revision: { type: "string" },
    out: { type: "string" },
  },
});
const schedule = values.quick ? QUICK : FULL;

await withRig(schedule.limitMs, async (rig) => {
  const at = new Date().toISOString();
  const found = machine();
  const setting = prepare(rig, schedule, found.cores);
  const cold = await startWeftPair(rig.children, setting.build, setting.mesh);
  await cold.stop();
  const repeats = await measureRepeats(setting);
  const report = pairReport({
    at,
    machine: found,
    versions: versions(values.revision),
    schedule,
    loadAverageAfter: loadAverage(),
    coldStartUp: cold.startUp,
    repeats,
  });
  const path = values.out ?? defaultPath(at);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, `${JSON.stringify(report, null, 1)}\n`);
  process.stdout.write(`${pairTable(report)}${path}\n`);
  if (repeats.length < schedule.repeats) process.exitCode = 1;
  const lost = report.medians.filter(({ runs }) => runs * 2 <= repeats.length);
  if (lost.length === 0) return;
  tell(`Too few runs count: ${lost.map((one) => `${one.load} on ${one.subject}`).join(", ")}`);
  process.exitCode = 1;
});

// As many as there is time for.
async function measureRepeats(setting: RepeatSetting): Promise<readonly Repeat[]> {
  const repeats: Repeat[] = [];
  let longestMs = 0;
  for (let i = 0; i < schedule.repeats; i++) {
    const beganMs = performance.now();
    // Since this process began, near enough.
    if (beganMs + longestMs > schedule.limitMs) {
      tell(`No time for repeat ${i + 1}: the machine is busy`);
      break;
    }
    repeats.push(await measureRepeat(i, setting));
    longestMs = Math.max(longestMs, performance.now() - beganMs);
  }
  return repeats;
}

function prepare({ children, folder }: Rig, chosen: Schedule, cores: number): RepeatSetting {
  const at = (name: string) => join(folder, name);
  for (const name of ["mesh", "haproxy"]) mkdirSync(at(name));
  writeMesh(at("mesh"));
  makeCertificates(at("certificates"));
  return {
    children,
    build: freezeBuild(at("build"), { revision: values.revision }),
    schedule: chosen,
    cores,
    mesh: at("mesh"),
    haproxy: at("haproxy"),
    certificates: at("certificates"),
    note: tell,
  };
}

// A quick run only shows that it works: it isn't kept beside the real ones.
function defaultPath(at: string): string {
  if (values.quick) return join(import.meta.dirname, "..", ".cache", "pair-quick.json");
  const name = `pair-${at.slice(0, 16).replaceAll(":", "")}.json`;
  return join(import.meta.dirname, "results", name);
}
