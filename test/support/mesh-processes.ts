// The processes of a running mesh, as its list on disk and the kernel tell of them.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { isRunning, type RecordedProcess } from "#local/is-running.ts";
import { processStart } from "#local/process-start.ts";
import { eventually } from "#local/testing/eventually.ts";
import type { RunningMesh } from "./running-mesh.ts";

export type MeshProcess = RecordedProcess & { readonly name: string };

export const CONTROL = "control plane";
export const UP = "weft up";

// `weft up` among them.
export function meshProcesses(mesh: RunningMesh): readonly MeshProcess[] {
  const { processes } = mesh.readState("processes.json");
  const up = { pid: mesh.pid, startTime: processStart(mesh.pid), name: UP };
  return [up, ...processes];
}

// "shop/echo" is the application, "shop/echo sidecar" its proxy.
export function findProcess(mesh: RunningMesh, name: string): MeshProcess | undefined {
  return meshProcesses(mesh).find((process) => process.name === name && isRunning(process));
}

export function pidOf(mesh: RunningMesh, name: string): number {
  const found = findProcess(mesh, name);
  assert.ok(found, `no process "${name}" runs`);
  return found.pid;
}

export function untilAllEnded(processes: readonly RecordedProcess[], withinMs: number) {
  return eventually("all have ended", () => !processes.some(isRunning), withinMs);
}

// What an application was started with.
export function environmentOf(mesh: RunningMesh, workload: string): ReadonlyMap<string, string> {
  const text = readFileSync(`/proc/${pidOf(mesh, workload)}/environ`, "utf8");
  return new Map(
    text.split("\0").map((line) => {
      const equals = line.indexOf("=");
      return [line.slice(0, equals), line.slice(equals + 1)] as const;
    }),
  );
}

// Where an application reaches a dependency: at its own sidecar, with its secret in the path.
export function dependencyUrl(mesh: RunningMesh, workload: string, service: string): string {
  const name = `WEFT_${service.toUpperCase().replaceAll("-", "_")}_URL`;
  const url = environmentOf(mesh, workload).get(name);
  assert.ok(url, `${workload} has no ${name}`);
  return url;
}
