// How long a change takes from the control plane to the last proxy that it concerns, with many light
// proxies on real control streams, some of which are slow to answer:
// `node bench/distribution.ts [--quick] [--out FILE]`.

import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { performance } from "node:perf_hooks";
import { setTimeout as wait } from "node:timers/promises";
import { parseArgs } from "node:util";
import { systemClock } from "#base/clock.ts";
import { systemFiles } from "#base/file-system.ts";
import { silentLog } from "#base/log.ts";
import { Authority } from "#control/authority/authority.ts";
import type { Child } from "./children.ts";
import { loadAverage, machine, versions } from "./machine.ts";
import { anonymousKiB, exactProcessorMs } from "./process-figures.ts";
import { type Rig, tell, withRig } from "./rig.ts";
import { isListed, LARGE, LargeMesh } from "./scale/large-mesh.ts";
import { LightMesh, type LightPlace, planIdOf } from "./scale/light-mesh.ts";
import { type Percentiles, percentilesOf } from "./scale/percentiles.ts";
import { childFailure } from "./subject.ts";

const { values } = parseArgs({
  options: { quick: { type: "boolean", default: false }, out: { type: "string" } },
});
const FULL = { mesh: LARGE, clients: 1_000, keysOfEach: 20, seconds: 30, restMs: 15_000 };
const QUICK = {
  mesh: { namespaces: 4, services: 40, podsOfService: 2, routes: 10 },
  ...{ clients: 40, keysOfEach: 8, seconds: 2, restMs: 100 },
};
const size = values.quick ? QUICK : FULL;
const CHANGES_PER_SECOND = 40;
// Every so many changes one concerns all proxies.
const EVERYBODYS_EVERY = 20;
const SLOW_EVERY = 20;
const SLOW_MS = 2_000;
const START_MS = 120_000;
const OVERDUE_MS = 30_000;
const LIMIT_MS = 600_000;
const IDENTITY = { trustDomain: "mesh.local", serviceAccount: "default" };

type Phase = {
  readonly slow: number; // proxies that take their time with each answer
  readonly changes: number;
  readonly some: Percentiles; // of changes that concern a few proxies
  readonly all: Percentiles; // of changes that concern everybody
  readonly never: readonly string[];
  readonly lost: readonly string[];
  readonly cpuShare: number; // of one processor, the control plane's
  readonly sessionKiB: number; // anonymous memory for each proxy
  readonly updatesOfQuick: number;
  readonly updatesOfSlow: number;
};

await withRig(
  LIMIT_MS,
  async (rig) => {
    const mesh = new LargeMesh(size.mesh);
    const documents = join(rig.folder, "documents");
    writeDocuments(mesh, documents);
    const phases: Phase[] = [];
    for (const isSlow of [false, true]) phases.push(await measure(rig, mesh, documents, isSlow));
    const report = {
      what: "distribution",
      at: new Date().toISOString(),
      command: `node bench/distribution.ts${values.quick ? " --quick" : ""}`,
      ...{ machine: machine(), versions: versions(undefined), loadAverageAfter: loadAverage() },
      ...{ size, changesPerSecond: CHANGES_PER_SECOND, slowMs: SLOW_MS, phases },
    };
    const path = values.out ?? join(import.meta.dirname, "..", ".cache", "distribution.json");
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, `${JSON.stringify(report, null, 1)}\n`);
    process.stdout.write(`${JSON.stringify(phases, null, 1)}\n${path}\n`);
  },
  {},
);

async function measure(
  { children, folder }: Rig,
  mesh: LargeMesh,
  documents: string,
  isSlow: boolean,
): Promise<Phase> {
  const state = join(folder, `state-${isSlow}`);
  const program = join(import.meta.dirname, "scale", "large-control.ts");
  const child = children.start("control", [process.execPath, program, documents, state]);
  const found = await child.printed(/listens on (\d+)/, START_MS);
  if (!found) throw childFailure("The control plane did not start", child);
  await wait(size.restMs);
  const beforeKiB = anonymousKiB(child.pid);
  const light = await openClients(mesh, state, Number(found[1]), isSlow);
  tell(`${light.clients.length} proxies are connected`);
  await wait(size.restMs);
  const sessionKiB = (anonymousKiB(child.pid) - beforeKiB) / light.clients.length;
  const phase = await change(child, mesh, light, sessionKiB);
  light.close();
  await child.stop();
  return phase;
}

async function openClients(
  mesh: LargeMesh,
  state: string,
  port: number,
  isSlow: boolean,
): Promise<LightMesh> {
  const { trustDomain } = IDENTITY;
  const opening = await Authority.open({
    ...{ clock: systemClock, files: systemFiles, folder: join(state, "control"), trustDomain },
    ...{ certificateLifeMs: 86_400_000, log: silentLog },
  });
  if (opening.kind === "refused") throw new Error(opening.reason);
  const places = Array.from({ length: size.clients }, (_, i): LightPlace => {
    const { namespace, name, address } = mesh.registration(i, 0, true);
    const isOneOfThem = isSlow && i % SLOW_EVERY === SLOW_EVERY - 1;
    const identity = { ...IDENTITY, namespace };
    return {
      ...{ workload: { namespace, name }, address, identity },
      ...(isOneOfThem && { pauseMs: SLOW_MS }),
    };
  });
  const services = Array.from({ length: size.mesh.services }, (_, i) => serviceOf(mesh, i));
  const control = { address: "127.0.0.1", port };
  const { keysOfEach } = size;
  return LightMesh.open({ control, authority: opening.authority, places, services, keysOfEach });
}

async function change(
  { pid }: Child,
  mesh: LargeMesh,
  light: LightMesh,
  sessionKiB: number,
): Promise<Phase> {
  const clientOf = new Map(light.clients.map((each) => [each.settings.workload.name, each]));
  const some: number[] = [];
  const all: number[] = [];
  const unready = new Set<number>();
  const changed = [0, ...Array.from({ length: size.clients }, (_, i) => i).slice(1)].filter(
    (i) => !isListed(i) && (i + 1) % SLOW_EVERY !== 0,
  );
  const [cpuMs, startMs] = [exactProcessorMs(pid), performance.now()];
  const count = size.seconds * CHANGES_PER_SECOND;
  for (let i = 0; i < count; i++) {
    await wait(Math.max(0, startMs + (i * 1_000) / CHANGES_PER_SECOND - performance.now()));
    const service = i % EVERYBODYS_EVERY === 0 ? 0 : changed[1 + (i % (changed.length - 1))]!;
    const planId = planIdOf(serviceOf(mesh, service));
    if (light.watch.isWaiting(planId)) continue;
    const { name, address } = mesh.registration(service, 0, true);
    const isReady = unready.delete(service);
    if (!isReady) unready.add(service);
    light.watch.expect(planId, address, isReady, ({ startMs: from, endMs }) => {
      (service === 0 ? all : some).push(endMs - from);
    });
    clientOf.get(name)!.setReady(isReady);
  }
  const tookMs = performance.now() - startMs;
  const cpuShare = (exactProcessorMs(pid) - cpuMs) / tookMs;
  for (let i = 0; i < OVERDUE_MS / 100 && light.watch.pending > 0; i++) await wait(100);
  const slow = light.clients.filter(({ settings }) => settings.pauseMs !== undefined);
  const quick = light.clients.filter(({ settings }) => settings.pauseMs === undefined);
  const updates = (clients: LightMesh["clients"]): number =>
    clients.reduce((sum, each) => sum + each.updates, 0) / Math.max(1, clients.length);
  return {
    ...{ slow: slow.length, changes: some.length + all.length },
    ...{ some: percentilesOf(some), all: percentilesOf(all) },
    ...{ never: light.watch.overdue(0), lost: light.lost },
    cpuShare: Number(cpuShare.toFixed(3)),
    sessionKiB: Math.round(sessionKiB),
    updatesOfQuick: Number(updates(quick).toFixed(1)),
    updatesOfSlow: Number(updates(slow).toFixed(1)),
  };
}

function serviceOf(mesh: LargeMesh, i: number): { namespace: string; name: string } {
  return { namespace: mesh.namespaceOf(i), name: `service-${i}` };
}

// A file for each namespace.
function writeDocuments(mesh: LargeMesh, folder: string): void {
  mkdirSync(folder);
  const byNamespace = Map.groupBy(mesh.documents, ({ namespace }) => namespace);
  for (const [namespace, documents] of byNamespace) {
    const text = documents.map(({ object }) => JSON.stringify(object)).join("\n---\n");
    writeFileSync(join(folder, `${namespace}.yaml`), text);
  }
}
