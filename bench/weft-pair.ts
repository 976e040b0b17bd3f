// A mesh of two workloads, as `weft up` runs it: a backend, and a caller that tells how to reach it.

import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import type { Child, Children } from "./children.ts";
import type { FrozenBuild } from "./frozen-build.ts";
import { startedAtMs } from "./process-figures.ts";
import { childFailure, type Subject } from "./subject.ts";
import { countedByWeft } from "./weft-counter.ts";

const READY_MS = 20_000;
const FILES_WAIT_MS = 2_000;
const LOOK_MS = 10;
const NODE = join(import.meta.dirname, "..", "node_modules", ".bin", "node");
const APPLICATION = join(import.meta.dirname, "answering.ts");
// Should this process be killed, the mesh ends all the same.
const LIFE = "60m";
const PROCESSES = ["caller", "backend"].flatMap((name) => [
  `default/${name}`,
  `default/${name} sidecar`,
]);

export type StartUp = {
  // From the start of `weft up` to the line that says so.
  readonly upToReadyMs: number;
  // From the start of a sidecar to that of its application, which waits for it: 10 ms exact.
  readonly sidecarReadyMs: { readonly outbound: number; readonly inbound: number };
};

export type WeftPair = {
  readonly subject: Subject;
  readonly startUp: StartUp;
  readonly backend: { readonly port: number; readonly pid: number };
  // Where the backend's sidecar hears the mesh, and the file with what the caller's shows there.
  readonly mesh: string;
  readonly credentials: string;
  stop(): Promise<void>;
};

type ProcessRecord = { readonly pid: number; readonly startTime: string; readonly name: string };

export function writeMesh(folder: string): void {
  for (const name of ["mesh", "state", "run"]) mkdirSync(join(folder, name), { recursive: true });
  writeFileSync(join(folder, "mesh", "pair.yaml"), documents(folder));
}

export async function startWeftPair(
  children: Children,
  build: FrozenBuild,
  folder: string,
): Promise<WeftPair> {
  // Every repeat issues its certificates anew; only the compile cache stays.
  const state = join(folder, "state", ".weft");
  forget(state);
  rmSync(join(folder, "url"), { force: true });
  const beganMs = performance.now();
  const child = children.start("weft up", [
    ...build.weft,
    "up",
    ...["-f", join(folder, "mesh"), "--mesh", join(folder, "state")],
    ...["--port-base", "0", "--for", LIFE],
  ]);
  if (!(await child.printed(/All 2 workloads are ready/, READY_MS))) {
    throw childFailure("The mesh didn't become ready", child);
  }
  const upToReadyMs = Math.round(performance.now() - beganMs);
  return wiredUp(child, build, folder, upToReadyMs);
}

async function wiredUp(
  child: Child,
  build: FrozenBuild,
  folder: string,
  upToReadyMs: number,
): Promise<WeftPair> {
  const url = await eventually("the caller writes its URL", () => textOf(join(folder, "url")));
  const records = await eventually("processes.json names all processes", () =>
    processesOf(join(folder, "state", ".weft")),
  );
  const addresses = addressesOf(build, folder);
  const sidecar = (name: string) => record(records, `default/${name} sidecar`);
  const readyMs = (name: string) =>
    startedAtMs(record(records, `default/${name}`).startTime) -
    startedAtMs(sidecar(name).startTime);
  return {
    subject: {
      name: "weft",
      url,
      proxies: [
        { role: "outbound", pid: sidecar("caller").pid },
        { role: "inbound", pid: sidecar("backend").pid },
      ],
      requests: () =>
        Promise.all([
          countedByWeft(addresses.get("caller")?.metrics, "source"),
          countedByWeft(addresses.get("backend")?.metrics, "destination"),
        ]),
    },
    startUp: {
      upToReadyMs,
      sidecarReadyMs: { outbound: readyMs("caller"), inbound: readyMs("backend") },
    },
    backend: {
      port: Number(readFileSync(join(folder, "run", "port"), "utf8")),
      pid: record(records, "default/backend").pid,
    },
    mesh: addresses.get("backend")?.address ?? "",
    credentials: join(folder, "state", ".weft", "proxies", "default.caller", "credentials.json"),
    stop: () => child.stop(),
  };
}

function documents(folder: string): string {
  const serve = `printf %s "$PORT" > ${folder}/run/port && exec ${NODE} ${APPLICATION}`;
  const tell = `printf %s "$WEFT_BACKEND_URL" > ${folder}/url && exec sleep 1000000`;
  return [
    { apiVersion: "v1", kind: "ServiceAccount", metadata: { name: "backend" } },
    { apiVersion: "v1", kind: "ServiceAccount", metadata: { name: "caller" } },
    {
      apiVersion: "v1",
      kind: "Service",
      metadata: { name: "backend" },
      spec: {
        selector: { app: "backend" },
        ports: [{ name: "http", port: 80, targetPort: "http" }],
      },
    },
    workload("backend", serve, {
      ports: [{ name: "http", protocol: "http" }],
      readiness: { http: { port: "http", path: "/" } },
    }),
    workload("caller", tell, {
      dependencies: [{ service: "backend", port: 80, protocol: "http" }],
    }),
  ]
    .map((document) => JSON.stringify(document))
    .join("\n---\n");
}

function workload(name: string, script: string, other: object): object {
  return {
    apiVersion: "weft.dev/v1alpha1",
    kind: "Workload",
    metadata: { name, labels: { app: name } },
    spec: { serviceAccount: name, command: ["sh", "-c", script], ...other },
  };
}

function forget(state: string): void {
  mkdirSync(state, { recursive: true, mode: 0o700 });
  for (const name of readdirSync(state)) {
    if (name !== "cache") rmSync(join(state, name), { recursive: true });
  }
}

// The mesh says that it is ready a moment before the last of its files tells so.
async function eventually<T>(what: string, look: () => T | undefined): Promise<T> {
  for (let ms = 0; ms < FILES_WAIT_MS; ms += LOOK_MS) {
    const found = look();
    if (found !== undefined) return found;
    await wait(LOOK_MS);
  }
  throw new Error(`Not within ${FILES_WAIT_MS} ms: ${what}`);
}

function textOf(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8") || undefined;
  } catch {
    return undefined;
  }
}

// All of them, or nothing yet.
function processesOf(state: string): readonly ProcessRecord[] | undefined {
  const text = textOf(join(state, "processes.json"));
  const records: readonly ProcessRecord[] = text === undefined ? [] : JSON.parse(text).processes;
  const isWhole = PROCESSES.every((name) => records.some((one) => one.name === name));
  return isWhole ? records : undefined;
}

function record(records: readonly ProcessRecord[], name: string): ProcessRecord {
  const found = records.find((one) => one.name === name);
  if (!found) throw new Error(`processes.json doesn't name "${name}"`);
  return found;
}

type Addresses = { readonly name: string; readonly address: string; readonly metrics: string };

function addressesOf(build: FrozenBuild, folder: string): ReadonlyMap<string, Addresses> {
  const [node = "", ...args] = build.weft;
  const asked = [...args, "get", "workloads", "-o", "json", "--mesh", join(folder, "state")];
  const rows: readonly Addresses[] = JSON.parse(execFileSync(node, asked, { encoding: "utf8" }));
  return new Map(rows.map((row) => [row.name, row]));
}
