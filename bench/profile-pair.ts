// Where the two sidecars spend their time: `node bench/profile-pair.ts [--connections N]
// [--seconds N] [--revision COMMIT] [--out FILE]`. Writes the functions with the most time of
// their own, as text.

import { globSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { freezeBuild } from "./frozen-build.ts";
import { closedLoop } from "./load-shapes.ts";
import { machine, versions } from "./machine.ts";
import { startNginx } from "./peers/nginx-backend.ts";
import { putLoad } from "./put-load.ts";
import { withRig } from "./rig.ts";
import type { ProxyProcess } from "./subject.ts";
import { type Profile, type Share, topFiles, topFunctions } from "./top-functions.ts";
import { startWeftRig } from "./weft-rig.ts";

const LIMIT_MS = 120_000;
const FUNCTIONS = 40;
const FILES = 25;
// V8 compiles for the first tens of thousands of requests.
const WARM_UP_SECONDS = 8;

const { values } = parseArgs({
  options: {
    connections: { type: "string", default: "64" },
    seconds: { type: "string", default: "8" },
    revision: { type: "string" },
    out: { type: "string", default: join(import.meta.dirname, "results", "profile-pair.txt") },
  },
});

await withRig(LIMIT_MS, async ({ children, folder }) => {
  const profiles = join(folder, "profiles");
  mkdirSync(profiles);
  const proxyFlags = ["--cpu-prof", `--cpu-prof-dir=${profiles}`, "--cpu-prof-interval=500"];
  const build = freezeBuild(join(folder, "build"), { revision: values.revision, proxyFlags });
  const backend = await startNginx(children, join(folder, "nginx"));
  const pair = await startWeftRig(children, build, { way: "pair", backend });
  const shape = closedLoop("closed", Number(values.connections));
  const put = (seconds: number) => putLoad(children, build.load, pair.subject, shape, { seconds });
  await put(WARM_UP_SECONDS);
  const result = await put(Number(values.seconds));
  await pair.stop();
  const { weft, weftSourcesChanged, node } = versions(values.revision);
  const text = [
    `Own time of functions in the sidecars, ${shape.connections} connections, closed loop, ` +
      `${result.requests} requests at ${result.ratePerSecond.achieved}/s`,
    `Weft ${weft}${weftSourcesChanged ? " with changes" : ""}, Node ${node}, ${machine().cpu}`,
    ...pair.subject.proxies.flatMap((proxy) => section(proxy, profiles)),
    "",
  ].join("\n");
  writeFileSync(values.out, text);
  process.stdout.write(text);
});

function section({ role, pid }: ProxyProcess, folder: string): string[] {
  const [path] = globSync(join(folder, `CPU.*.${pid}.*.cpuprofile`));
  if (path === undefined) return ["", `${role}: no profile was written`];
  const profile: Profile = JSON.parse(readFileSync(path, "utf8"));
  const lastMs = Number(values.seconds) * 1000;
  return [
    "",
    `${role}: share of the time that wasn't idle`,
    ...topFunctions(profile, lastMs, FUNCTIONS).map(row),
    `${role}, by file`,
    ...topFiles(profile, lastMs, FILES).map(row),
  ];
}

function row({ name, ms, share }: Share): string {
  return `${(share * 100).toFixed(1).padStart(5)} %  ${String(ms).padStart(6)} ms  ${name}`;
}
