// What one change costs the control plane of a large mesh, from documents to the next revision:
// `node --expose-gc bench/control-changes.ts [--changes N] [--quick] [--out FILE]`.

import { mkdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { performance } from "node:perf_hooks";
import { parseArgs } from "node:util";
import { FakeClock } from "#base/fake-clock.ts";
import type { FileSystem } from "#base/file-system.ts";
import { silentLog } from "#base/log.ts";
import { type Discovery, discover } from "#control/discovery/discover.ts";
import { Distributor } from "#control/distribution/distributor.ts";
import { MeshState } from "#control/plane/mesh-state.ts";
import { RevisionStore } from "#control/plane/revision-store.ts";
import { PlanArchive } from "#control/reports/plan-archive.ts";
import type { Document } from "#ir/document.ts";
import { loadAverage, machine, versions } from "./machine.ts";
import { isListed, LARGE, LargeMesh, type MeshSize } from "./scale/large-mesh.ts";

const { values } = parseArgs({
  options: {
    changes: { type: "string", default: "20" },
    quick: { type: "boolean", default: false },
    out: { type: "string" },
  },
});
const QUICK: MeshSize = { namespaces: 5, services: 40, podsOfService: 5, routes: 12 };
const size = values.quick ? QUICK : LARGE;
const changes = Number(values.changes);
const PAST_SETTLING_MS = 1_000;

type Kind = "readiness" | "pod replaced" | "slice" | "route" | "service added" | "nothing";

const heapBefore = heapMiB();
const mesh = new LargeMesh(size);
const documents = [...mesh.documents];
const registrations = [...mesh.registrations];
const heapDocuments = heapMiB();
let discovery: Discovery | undefined;
const clock = new FakeClock();
const files: Pick<FileSystem, "read" | "write"> = { read: () => undefined, write: () => {} };

const firstAtMs = performance.now();
discovery = discover({ documents, diagnostics: [] });
const discoveredAtMs = performance.now();
const archive = new PlanArchive(clock);
const state: MeshState = new MeshState(
  {
    discovery: () => discovery!,
    registrations: () => [...registrations],
    joined: () => [],
    names: { addressesOf: () => undefined, retain: () => {} },
  },
  new RevisionStore(files as FileSystem, "revision", silentLog),
  clock,
  (snapshot) => {
    archive.noteSnapshot(snapshot);
    distributor.publish(snapshot);
  },
);
const distributor = new Distributor(state.snapshot, clock, silentLog);
const first = {
  discoverMs: discoveredAtMs - firstAtMs,
  compileMs: performance.now() - discoveredAtMs,
};

const rows = (
  ["readiness", "pod replaced", "slice", "route", "service added", "nothing"] as const
).map((kind) => measure(kind));
const report = {
  what: "control-changes",
  at: new Date().toISOString(),
  command: `node --expose-gc bench/control-changes.ts --changes ${changes}`,
  machine: machine(),
  versions: versions(undefined),
  loadAverageAfter: loadAverage(),
  size: { ...size, documents: documents.length },
  first,
  heapMiB: { documents: heapDocuments - heapBefore, all: heapMiB() - heapBefore },
  diagnostics: discovery.diagnostics.length + state.compilation.diagnostics.length,
  rows,
};
if (values.out !== undefined) {
  mkdirSync(dirname(values.out), { recursive: true });
  writeFileSync(values.out, `${JSON.stringify(report, null, 1)}\n`);
}
process.stdout.write(`${JSON.stringify(report, null, 1)}\n`);

function measure(kind: Kind) {
  const discoverMs: number[] = [];
  const compileMs: number[] = [];
  const revision = state.snapshot.revision;
  const cpu = process.cpuUsage();
  for (let i = 0; i < changes; i++) {
    change(kind, i);
    const startMs = performance.now();
    discovery = discover({ documents: [...documents], diagnostics: [] }, discovery);
    const middleMs = performance.now();
    state.changed();
    clock.advance(PAST_SETTLING_MS);
    discoverMs.push(middleMs - startMs);
    compileMs.push(performance.now() - middleMs);
  }
  const { user, system } = process.cpuUsage(cpu);
  return {
    kind,
    // Of all threads, so with the collector's.
    cpuMs: (user + system) / 1_000 / changes,
    revisions: state.snapshot.revision - revision,
    discoverMs: median(discoverMs),
    compileMs: median(compileMs),
    mostMs: Math.max(...discoverMs.map((ms, i) => ms + compileMs[i]!)),
  };
}

function change(kind: Kind, i: number): void {
  const service = (i * 4) % size.services;
  if (kind === "readiness") {
    const at = service * size.podsOfService;
    const before = registrations[at]!;
    registrations[at] = { ...before, isReady: !before.isReady };
  } else if (kind === "pod replaced") {
    replace(mesh.pod(service, 1, i + 1));
  } else if (kind === "slice") {
    replace(mesh.slice(listedAt(i), size.podsOfService - 1));
  } else if (kind === "route") {
    replace(mesh.route(i % size.routes, 10 + i));
  } else if (kind === "service added") {
    documents.push(mesh.service(size.services + i));
  }
}

function listedAt(i: number): number {
  const all = Array.from({ length: size.services }, (_, service) => service).filter(isListed);
  return all[i % all.length]!;
}

function replace(document: Document): void {
  const { kind, namespace, name } = document;
  const at = documents.findIndex(
    (each) => each.kind === kind && each.namespace === namespace && each.name === name,
  );
  documents[at] = document;
}

function median(all: readonly number[]): number {
  return all.toSorted((a, b) => a - b)[Math.floor(all.length / 2)]!;
}

function heapMiB(): number {
  globalThis.gc?.();
  return process.memoryUsage().heapUsed / 2 ** 20;
}
