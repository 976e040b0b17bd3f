// Many requests through the pair, of mixed sizes and with other documents every five seconds: does
// memory stay, do descriptors come back, and has everything been counted?
// `node bench/soak.ts [--quick] [--requests N] [--minutes M] [--revision COMMIT] [--out FILE]`.
//
// Ten stretches of load, each a process of its own. After each of them the pair rests, and what
// its proxies hold then is read: no connection is left of the load, and no request under way.

import { cpSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { parseArgs } from "node:util";
import type { LoadResult } from "#bench/load/load-result.ts";
import { freezeBuild } from "./frozen-build.ts";
import { loadAverage, machine, versions } from "./machine.ts";
import { startNginx } from "./peers/nginx-backend.ts";
import { memoryOf } from "./process-figures.ts";
import { type Rig, tell, withRig } from "./rig.ts";
import { soakConfig, watchedConfig } from "./soak-documents.ts";
import { childFailure, type Subject } from "./subject.ts";
import { startWeftRig } from "./weft-rig.ts";

type Held = {
  readonly role: string;
  readonly anonymousKiB: number;
  readonly descriptors: number;
};

type Stretch = {
  readonly requests: number; // of all stretches so far
  readonly perSecond: number;
  readonly counted: readonly number[]; // by the proxies, so far
  readonly held: readonly Held[];
  readonly faults: readonly string[];
};

const { values } = parseArgs({
  options: {
    quick: { type: "boolean", default: false },
    requests: { type: "string" },
    minutes: { type: "string" },
    revision: { type: "string" },
    out: { type: "string" },
  },
});
const CHECKOUT = join(import.meta.dirname, "..");
const STRETCHES = values.quick ? 2 : 10;
const REQUESTS = Number(values.requests ?? (values.quick ? 4_000 : 10_000_000));
const MINUTES = Number(values.minutes ?? (values.quick ? 2 : 90));
const CHANGE_MS = values.quick ? 500 : 5_000;
const REST_MS = values.quick ? 500 : 10_000;
// data-plane.md's floor. The aim is half of it.
const GROWTH_FLOOR_KIB = 2_048;
const CONNECTIONS = 64;
const WARM_UP = values.quick ? 1_000 : 20_000;
// Beyond the loads: to begin, to rest, to end.
const EXTRA_MS = 120_000 + STRETCHES * (REST_MS + 20_000);
const COUNTED_MS = 5_000;
// A pooled connection to the application may lie idle for a minute.
const DESCRIPTORS_MS = values.quick ? 1_000 : 90_000;
const LOOK_MS = 100;

await withRig(
  MINUTES * 60_000 + EXTRA_MS,
  async (rig) => {
    const at = new Date().toISOString();
    const build = freezeBuild(join(rig.folder, "build"), { revision: values.revision });
    const backend = await startNginx(rig.children, join(rig.folder, "nginx"));
    const config = soakConfig(rig.folder);
    const load = frozenLoad(join(rig.folder, "load"));
    // The rig copies its documents into a folder of its own, and watches that.
    process.env["TMPDIR"] = rig.folder;
    const { subject, stop } = await startWeftRig(rig.children, build, {
      ...{ way: "pair", backend, config },
    });
    const documents = watchedConfig(rig.folder);
    // Code that never ran yet opens nothing, and holds no memory.
    await put(rig, load, subject, WARM_UP, 60);
    await wait(REST_MS);
    const before = held(subject);
    const timer = setInterval(() => documents.change(), CHANGE_MS);
    const stretches = await soak(rig, load, subject);
    clearInterval(timer);
    const hasArrived = await documents.hasArrived(subject.url);
    const after = await untilClosed(subject, before);
    await stop();
    const report = {
      what: "soak",
      at,
      command: `node bench/soak.ts --requests ${REQUESTS} --minutes ${MINUTES}`,
      machine: machine(),
      versions: versions(values.revision),
      loadAverageAfter: loadAverage(),
      requestsAsked: REQUESTS,
      requests: stretches.at(-1)?.requests ?? 0,
      changes: documents.changes,
      lastChangeArrived: hasArrived,
      before,
      stretches,
      after,
      ...verdict(before, stretches, after, hasArrived),
    };
    const path = values.out ?? defaultPath(at);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, `${JSON.stringify(report, null, 1)}\n`);
    process.stdout.write(`${table(report)}${path}\n`);
    // Few requests say nothing of growth.
    if (report.faults.length > 0 && !values.quick) process.exitCode = 1;
  },
  { nginx: "-v" },
);

async function soak(
  rig: Rig,
  load: readonly string[],
  subject: Subject,
): Promise<readonly Stretch[]> {
  const endMs = performance.now() + MINUTES * 60_000;
  const countedFirst = await subject.requests();
  const stretches: Stretch[] = [];
  let requests = 0;
  for (let i = 0; i < STRETCHES; i++) {
    const seconds = Math.floor((endMs - performance.now()) / 1000);
    if (seconds < 1) break;
    const result = await put(rig, load, subject, Math.ceil(REQUESTS / STRETCHES), seconds);
    requests += result.requests;
    const counted = await untilCounted(subject, countedFirst, requests);
    await wait(REST_MS);
    const perSecond = result.ratePerSecond.achieved;
    const faults = faultsOf(result, counted, requests);
    stretches.push({ requests, perSecond, counted, held: held(subject), faults });
    tell(`${requests} requests, ${perSecond}/s; ${heldText(held(subject))}`);
    for (const fault of faults) tell(`  ${fault}`);
  }
  return stretches;
}

// The checkout's, whatever revision is measured; a copy, so that every stretch has the same.
function frozenLoad(folder: string): readonly string[] {
  mkdirSync(folder);
  symlinkSync(join(CHECKOUT, "node_modules"), join(folder, "node_modules"));
  for (const name of ["src", "package.json"]) {
    cpSync(join(CHECKOUT, name), join(folder, name), { recursive: true });
  }
  const node = join(CHECKOUT, "node_modules", ".bin", "node");
  return [node, join(folder, "src", "bench", "load", "main.ts")];
}

async function put(
  { children }: Rig,
  load: readonly string[],
  subject: Subject,
  requests: number,
  seconds: number,
): Promise<LoadResult> {
  const child = children.start("load", [
    ...[...load, "--target", subject.url, "--mix", "sizes", "--json"],
    ...["--connections", `${CONNECTIONS}`, "--requests", `${requests}`, "--duration", `${seconds}`],
  ]);
  await child.ended;
  const found = /^\{.*\}$/m.exec(child.output);
  if (!found) throw childFailure("No result of the load", child);
  return JSON.parse(found[0]);
}

// An answer is counted a moment after its last byte.
async function untilCounted(
  subject: Subject,
  first: readonly number[],
  wanted: number,
): Promise<readonly number[]> {
  for (let ms = 0; ; ms += LOOK_MS) {
    const counted = (await subject.requests()).map((count, i) => count - first[i]!);
    if (ms >= COUNTED_MS || counted.every((count) => count === wanted)) return counted;
    await wait(LOOK_MS);
  }
}

async function untilClosed(subject: Subject, before: readonly Held[]): Promise<readonly Held[]> {
  for (let ms = 0; ; ms += LOOK_MS) {
    const now = held(subject);
    if (ms >= DESCRIPTORS_MS || now.every((one, i) => one.descriptors <= before[i]!.descriptors)) {
      return now;
    }
    await wait(LOOK_MS);
  }
}

function held({ proxies }: Subject): readonly Held[] {
  return proxies.map(({ role, pid }) => ({
    role,
    anonymousKiB: memoryOf(pid).anonymousKiB,
    descriptors: readdirSync(`/proc/${pid}/fd`).length,
  }));
}

function faultsOf(
  { errors, statuses, abandoned }: LoadResult,
  counted: readonly number[],
  requests: number,
): readonly string[] {
  const failed = Object.entries(errors).filter(([, count]) => count > 0);
  const others = statuses.filter(([status]) => status !== 200);
  return [
    ...failed.map(([kind, count]) => `${count} requests failed: ${kind}`),
    ...others.map(([status, count]) => `${count} answers were ${status}`),
    ...(abandoned > 0 ? [`${abandoned} requests were without an answer at the end`] : []),
    ...counted
      .filter((count) => count !== requests)
      .map((count) => `A proxy counted ${count} requests, the load ${requests}`),
  ];
}

function verdict(
  before: readonly Held[],
  stretches: readonly Stretch[],
  after: readonly Held[],
  hasArrived: boolean,
) {
  const [first, last] = [stretches[0], stretches.at(-1)];
  const growthKiB = (first?.held ?? []).map(({ role, anonymousKiB }, i) => ({
    role,
    from: first?.requests ?? 0,
    to: last?.requests ?? 0,
    growthKiB: (last?.held[i]?.anonymousKiB ?? 0) - anonymousKiB,
  }));
  const faults = [
    ...stretches.flatMap((stretch) => stretch.faults),
    ...((last?.requests ?? 0) < REQUESTS ? [`Time was over before ${REQUESTS} requests`] : []),
    ...(hasArrived ? [] : ["The last change of documents didn't reach the proxies"]),
    ...growthKiB
      .filter((one) => one.growthKiB > GROWTH_FLOOR_KIB)
      .map((one) => `The ${one.role} proxy grew by ${one.growthKiB} KiB`),
    ...after
      .filter(({ descriptors }, i) => descriptors > before[i]!.descriptors)
      .map(({ role, descriptors }) => `The ${role} proxy kept ${descriptors} descriptors`),
  ];
  return { growthKiB, faults };
}

type Report = ReturnType<typeof verdict> & {
  readonly requests: number;
  readonly changes: number;
  readonly before: readonly Held[];
  readonly stretches: readonly Stretch[];
  readonly after: readonly Held[];
};

function table({ requests, changes, before, stretches, after, growthKiB, faults }: Report): string {
  const lines = [
    `${"before".padStart(10)}  ${heldText(before)}`,
    ...stretches.map((one) => `${String(one.requests).padStart(10)}  ${heldText(one.held)}`),
    `${"after".padStart(10)}  ${heldText(after)}`,
    `${requests} requests, ${changes} changes of documents; growth from the first stretch: ` +
      growthKiB.map((one) => `${one.role} ${one.growthKiB} KiB`).join(", "),
    ...faults.map((fault) => `- ${fault}`),
  ];
  return `${lines.join("\n")}\n`;
}

function heldText(all: readonly Held[]): string {
  return all
    .map(
      ({ role, anonymousKiB, descriptors }) =>
        `${role} ${(anonymousKiB / 1024).toFixed(1)} MiB, ${descriptors} descriptors`,
    )
    .join("; ");
}

// A quick run only shows that it works: it isn't kept beside the real ones.
function defaultPath(at: string): string {
  const name = `soak-${at.slice(0, 16).replaceAll(":", "")}.json`;
  return values.quick
    ? join(import.meta.dirname, "..", ".cache", "soak-quick.json")
    : join(import.meta.dirname, "results", name);
}
