// `npm run demo`: the bookshop as a mesh on this machine, with its load, until Ctrl-C.
//
//   npm run demo -- --for 20s     stops by itself after so long, prints the golden metrics of every
//                                 route, and exits 0 only if every workload became ready, at least
//                                 99.9 % of the requests succeeded and every hop was mTLS
//   --port-base N, --mesh DIR     as in `weft up`

import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { parseArgs } from "node:util";
import { ADMIN_PATHS, type Rows } from "#api/admin-paths.ts";
import type { EdgeRow } from "#api/edge-row.ts";
import type { StatRow } from "#api/stat-row.ts";
import type { WorkloadRow } from "#api/workload-row.ts";
import { systemFiles } from "#base/file-system.ts";
import { askMesh } from "#cli/ask-mesh.ts";
import { findMesh } from "#cli/find-mesh.ts";
import { latencyText, percentText } from "#cli/format-metrics.ts";
import { parseDurationMs } from "#local/parse-duration.ts";
import { StateFolder } from "#local/state-folder.ts";

const ROOT = join(import.meta.dirname, "..");
const BOOKSHOP = join(ROOT, "examples", "bookshop");
const WEFT = join(ROOT, "dist", "main", "weft.js");
const FRONT = "web";
const SUCCESS_LEAST = 0.999;
const PROGRESS_MS = 3_000;
const LOOK_MS = 50;
const READY_WAIT_MS = 60_000;
// Proxies report once a second: the last requests need a moment to be counted.
const REPORT_MS = 1_500;
const WINDOW_MOST_MS = 15 * 60_000;

const { values: flags } = parseArgs({
  options: {
    for: { type: "string" },
    "port-base": { type: "string" },
    mesh: { type: "string", default: BOOKSHOP },
  },
});
const forMs = flags.for === undefined ? undefined : parseDurationMs(flags.for);
if (flags.for !== undefined && forMs === undefined) {
  say(`Cannot understand --for ${flags.for}: a duration is like 20s or 5m`);
  process.exit(2);
}
const parent = resolve(flags.mesh);
const state = new StateFolder(systemFiles, parent);
process.exitCode = await demo();

async function demo(): Promise<number> {
  if (existsSync(join(BOOKSHOP, "prepare.sh"))) {
    spawnSync("sh", [join(BOOKSHOP, "prepare.sh")], { stdio: "inherit" });
  }
  const up = startUp();
  const ended = new Promise<number>((done) => up.once("exit", (code) => done(code ?? 1)));
  if (!(await isReady(up))) {
    if (isAlive(up)) say(`Not every workload became ready within ${READY_WAIT_MS / 1000} s`);
    up.kill("SIGTERM");
    return (await ended) || (forMs === undefined ? 0 : 1);
  }
  const readyAtMs = performance.now();
  say(`The shop: ${await frontUrl()}   Stop with Ctrl-C`);
  const untilMs = forMs === undefined ? Number.POSITIVE_INFINITY : readyAtMs + forMs;
  await tellProgress(up, readyAtMs, untilMs);
  // Ended by Ctrl-C, or by itself.
  if (!isAlive(up) || forMs === undefined) return ended;
  await wait(REPORT_MS);
  const findings = await examine(performance.now() - readyAtMs);
  up.kill("SIGTERM");
  const code = await ended;
  for (const finding of findings) say(finding);
  return findings.length > 0 || code !== 0 ? 1 : 0;
}

// In a group of its own: Ctrl-C reaches it once, from us, and again if somebody insists.
function startUp(): ChildProcess {
  const documents = join(BOOKSHOP, "mesh");
  const args = [WEFT, "up", "-f", documents, "--mesh", parent];
  if (flags["port-base"] !== undefined) args.push("--port-base", flags["port-base"]);
  const up = spawn(process.execPath, args, {
    stdio: ["ignore", "pipe", "inherit"],
    detached: true,
  });
  up.stdout.pipe(process.stdout, { end: false });
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.on(signal, () => up.kill("SIGTERM"));
  }
  return up;
}

async function isReady(up: ChildProcess): Promise<boolean> {
  const untilMs = performance.now() + READY_WAIT_MS;
  while (isAlive(up) && performance.now() < untilMs) {
    const mesh = state.readMesh();
    if (mesh?.pid === up.pid && mesh?.isReady) return true;
    await wait(LOOK_MS);
  }
  return false;
}

async function tellProgress(up: ChildProcess, sinceMs: number, untilMs: number): Promise<void> {
  let nextMs = sinceMs + PROGRESS_MS;
  while (isAlive(up) && performance.now() < untilMs) {
    await wait(Math.min(LOOK_MS, Math.max(0, untilMs - performance.now())));
    if (performance.now() < nextMs || !isAlive(up)) continue;
    nextMs += PROGRESS_MS;
    await tellTraffic(Math.round((performance.now() - sinceMs) / 1000));
  }
}

async function tellTraffic(seconds: number): Promise<void> {
  const windowMs = Math.min(2 * PROGRESS_MS, 1000 * Math.max(1, seconds));
  const query = { kind: "service", windowMs: String(windowMs) };
  const services = await ask<StatRow>(ADMIN_PATHS.stat, query);
  const front = services.find(({ name }) => name === FRONT);
  if (!front) return;
  const { requests, successRate } = totalOf(services);
  const hops = ((requests / windowMs) * 1000).toFixed(0);
  say(
    `${String(seconds).padStart(4)} s   ${front.rps.toFixed(0)} requests/s at the front, ` +
      `${hops} hops/s, success ${percentText(successRate)}, ` +
      `p50 ${latencyText(front.latencyP50Ms)}, p99 ${latencyText(front.latencyP99Ms)}`,
  );
}

// Prints the golden metrics and returns what is not as it should be.
async function examine(elapsedMs: number): Promise<readonly string[]> {
  // What happened before everything was ready doesn't count.
  const windowMs = Math.min(WINDOW_MOST_MS, Math.max(1000, Math.floor(elapsedMs - 1000)));
  const within = { windowMs: String(windowMs) };
  const seconds = `${Math.floor(windowMs / 1000)}s`;
  say("");
  for (const command of ["routes", "edges", "stat"]) weft(command, "-t", seconds);
  const workloads = await ask<WorkloadRow>(ADMIN_PATHS.workloads, {});
  const services = await ask<StatRow>(ADMIN_PATHS.stat, { kind: "service", ...within });
  const edges = await ask<EdgeRow>(ADMIN_PATHS.edges, within);
  const { requests, successRate } = totalOf(services);
  const unready = workloads.filter((workload) => !workload.isReady || !workload.isMeshed);
  const hops = edges.filter(({ source, destination }) => source.workload && destination.workload);
  const open = hops.filter(({ isSecured }) => !isSecured);
  say(
    `${workloads.length} workloads, ${requests} requests over ${hops.length} hops, ` +
      `success ${percentText(successRate)}, ${hops.length - open.length} hops with mTLS`,
  );
  return [
    ...unready.map(({ name }) => `Workload ${name} is not ready`),
    ...(workloads.length === 0 ? ["The mesh knows no workload"] : []),
    ...(requests === 0 ? ["No request was made: there is nothing to judge"] : []),
    ...(requests > 0 && successRate < SUCCESS_LEAST
      ? [`The success rate is ${percentText(successRate)}, below ${percentText(SUCCESS_LEAST)}`]
      : []),
    ...open.map(
      ({ source, destination }) =>
        `Requests from ${source.workload} to ${destination.workload} were not all mTLS`,
    ),
  ];
}

function totalOf(rows: readonly StatRow[]): { requests: number; successRate: number } {
  const requests = rows.reduce((sum, row) => sum + row.requests, 0);
  const failures = rows.reduce((sum, row) => sum + row.failures, 0);
  return { requests, successRate: requests === 0 ? 1 : 1 - failures / requests };
}

async function frontUrl(): Promise<string> {
  const log = systemFiles.read(state.logPath("up")) ?? "";
  // The latest of several starts.
  const lines = log.split("\n").filter((line) => line.includes(`/${FRONT} is ready`));
  return /http:\S+/.exec(lines.at(-1) ?? "")?.[0] ?? "see above";
}

async function ask<Row>(
  path: string,
  query: Readonly<Record<string, string>>,
): Promise<readonly Row[]> {
  const { env: environment } = process;
  const found = findMesh({ files: systemFiles, workingFolder: ROOT, environment, mesh: parent });
  const answer =
    found.kind === "ok" ? await askMesh<Rows<Row>>(found.value, { path, query }) : found;
  if (answer.kind === "ok") return answer.value.rows;
  say(answer.error.message);
  return [];
}

function weft(...args: readonly string[]): void {
  spawnSync(process.execPath, [WEFT, ...args, "--mesh", parent], { stdio: "inherit" });
  say("");
}

function isAlive(child: ChildProcess): boolean {
  return child.exitCode === null && child.signalCode === null;
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}
