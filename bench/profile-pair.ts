// Where the proxies spend their time and what they allocate, shape by shape:
// `node bench/profile-pair.ts [--shapes plain,pair,...] [--seconds N] [--warm-up N]
// [--revision COMMIT] [--out FOLDER]`. Writes a text of each: profile-SHAPE.txt.
//
// Four loads, one after the other, since each way to look disturbs the others: processor time for
// each request, processor profile, allocation profile, system calls.

import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { parseArgs } from "node:util";
import { type FrozenBuild, freezeBuild } from "./frozen-build.ts";
import { loadAverage, machine, versions } from "./machine.ts";
import { type NginxBackend, startNginx } from "./peers/nginx-backend.ts";
import { processorTime } from "./process-figures.ts";
import { PROFILE_SHAPES, type ProfileShape } from "./profile-shapes.ts";
import { putLoad } from "./put-load.ts";
import { type Rig, tell, withRig } from "./rig.ts";
import type { ProxyProcess } from "./subject.ts";
import { countSystemCalls, type SystemCalls } from "./system-calls.ts";
import { type Allocations, topAllocations } from "./top-allocations.ts";
import { type Profile, topFiles, topFunctions } from "./top-functions.ts";
import { startWeftRig } from "./weft-rig.ts";

const LIMIT_MS = 600_000;
const FUNCTIONS = 40;
const FILES = 20;
const ALLOCATORS = 25;
const WRITTEN_MS = 1_500;
const ALL_MS = Number.POSITIVE_INFINITY;
const NEEDS = { nginx: "-v", strace: "-V" };
// Less often than that it says nothing of a request.
const CALLS_LEAST = 0.01;

const { values } = parseArgs({
  options: {
    shapes: { type: "string", default: PROFILE_SHAPES.map(({ name }) => name).join(",") },
    seconds: { type: "string", default: "5" },
    // V8 compiles for the first tens of thousands of requests.
    "warm-up": { type: "string", default: "8" },
    revision: { type: "string" },
    out: { type: "string", default: join(import.meta.dirname, "results") },
  },
});
const seconds = Number(values.seconds);

await withRig(
  LIMIT_MS,
  async (rig) => {
    const wanted = values.shapes.split(",");
    const preload = `file://${join(import.meta.dirname, "profiled.ts")}?folder=${rig.folder}`;
    const build = freezeBuild(join(rig.folder, "build"), {
      revision: values.revision,
      proxyFlags: [`--import=${preload}`],
    });
    const { weft, weftSourcesChanged, node } = versions(values.revision);
    const built = `Weft ${weft}${weftSourcesChanged ? " with changes" : ""}, Node ${node}`;
    const backend = await startNginx(rig.children, join(rig.folder, "nginx"));
    mkdirSync(values.out, { recursive: true });
    for (const shape of PROFILE_SHAPES.filter(({ name }) => wanted.includes(name))) {
      const path = join(values.out, `profile-${shape.name}.txt`);
      writeFileSync(path, await profile({ rig, build, built, backend }, shape));
      tell(path);
    }
  },
  NEEDS,
);

type Setting = {
  readonly rig: Rig;
  readonly build: FrozenBuild;
  readonly built: string; // which one it is
  readonly backend: NginxBackend;
};

async function profile(
  { rig, build, built, backend }: Setting,
  shape: ProfileShape,
): Promise<string> {
  const { way, telemetry = "metrics" } = shape;
  const { subject, stop } = await startWeftRig(rig.children, build, { way, backend, telemetry });
  const pids = subject.proxies.map(({ pid }) => pid);
  const put = async (most: number) =>
    (await putLoad(rig.children, build.load, subject, shape.load, { seconds: most })).requests;
  const profiled = async () => {
    for (const pid of pids) process.kill(pid, "SIGUSR2");
    const requests = await put(seconds);
    for (const pid of pids) process.kill(pid, "SIGUSR2");
    await wait(WRITTEN_MS);
    return requests;
  };
  await put(Number(values["warm-up"]));
  const before = pids.map(processorTime);
  const requests = await put(seconds);
  const spent = pids.map(processorTime).map(({ userMs, systemMs }, i) => ({
    userUs: ((userMs - before[i]!.userMs) * 1000) / requests,
    systemUs: ((systemMs - before[i]!.systemMs) * 1000) / requests,
  }));
  await profiled();
  const allocating = await profiled();
  let traced = 0;
  const calls = await countSystemCalls(rig, pids, async () => {
    traced = await put(seconds);
  });
  await stop();
  return [
    `${shape.says}: closed loop, ${Math.round(requests / seconds)} requests a second`,
    `${built}, ${machine().cpu}, load average ${loadAverage()[0]}`,
    ...subject.proxies.flatMap((proxy, i) =>
      section(rig.folder, proxy, spent[i]!, { allocating, traced, calls: calls[i]! }),
    ),
    "",
  ].join("\n");
}

type Spent = { readonly userUs: number; readonly systemUs: number };

type Counted = {
  readonly allocating: number; // requests, while allocations were sampled
  readonly traced: number; // and while system calls were counted
  readonly calls: SystemCalls;
};

function section(
  folder: string,
  { role, pid }: ProxyProcess,
  { userUs, systemUs }: Spent,
  { allocating, traced, calls }: Counted,
): readonly string[] {
  const cpu: Profile = JSON.parse(readFileSync(join(folder, `cpu.${pid}.json`), "utf8"));
  const allocations: Allocations = JSON.parse(
    readFileSync(join(folder, `allocations.${pid}.json`), "utf8"),
  );
  const often = [...calls].filter(([, count]) => count / traced >= CALLS_LEAST);
  const each = often.map(([name, count]) => `${name} ${(count / traced).toFixed(2)}`);
  const perRequest = (bytes: number) => Math.round(bytes / allocating);
  return [
    "",
    `${role}, for each request:`,
    `  processor time     ${userUs.toFixed(1)} us of its own, ${systemUs.toFixed(1)} us in the system`,
    `  allocated          ${perRequest(allocations.bytes)} bytes`,
    `  system calls       ${each.join(", ")}`,
    `${role}, own time of functions, as shares of the time that wasn't idle:`,
    ...topFunctions(cpu, ALL_MS, FUNCTIONS).map(share),
    `${role}, the same by file:`,
    ...topFiles(cpu, ALL_MS, FILES).map(share),
    `${role}, bytes allocated for each request, sampled:`,
    ...topAllocations(allocations, ALLOCATORS).map(
      ({ name, bytes }) => `${String(perRequest(bytes)).padStart(7)}    ${name}`,
    ),
  ];
}

function share({ share, ms, name }: { share: number; ms: number; name: string }): string {
  return `${(share * 100).toFixed(1).padStart(5)} %  ${String(ms).padStart(6)} ms  ${name}`;
}
