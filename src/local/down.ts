// Ends the mesh of a state folder and waits until it is gone. Finds nothing to end? Then what a
// crashed one left behind.

import { setTimeout as wait } from "node:timers/promises";
import { LIMITS } from "#base/limits.ts";
import { isRunning, type RecordedProcess } from "./is-running.ts";
import { reapLeftovers } from "./reap.ts";
import type { StateFolder } from "./state-folder.ts";

const LOOK_MS = 50;
const ORDERLY_MS = 11_000;
const FORCED_MS = 3_000;

export type DownResult = { readonly hasEnded: boolean; readonly sentence: string };

export async function down(state: StateFolder): Promise<DownResult> {
  const mesh = state.readMesh();
  const wasRunning = mesh !== undefined && isRunning(mesh);
  if (wasRunning) await end(mesh);
  const reaped = await reapLeftovers(state, { graceMs: LIMITS.sidecarGraceMs });
  if (wasRunning) return { hasEnded: true, sentence: `The mesh in ${state.path} has ended` };
  if (mesh) state.removeMesh();
  if (reaped.length === 0) return { hasEnded: false, sentence: `No mesh runs in ${state.path}` };
  const what = `${reaped.length} processes that a crashed \`weft up\` had left behind`;
  return { hasEnded: true, sentence: `No mesh runs in ${state.path}; ended ${what}` };
}

async function end(mesh: RecordedProcess): Promise<void> {
  // Asked twice, it doesn't wait for anybody any more.
  for (const [signal, withinMs] of [
    ["SIGTERM", ORDERLY_MS],
    ["SIGTERM", FORCED_MS],
    ["SIGKILL", FORCED_MS],
  ] as const) {
    if (!isRunning(mesh)) return;
    process.kill(mesh.pid, signal);
    for (let ms = 0; ms < withinMs && isRunning(mesh); ms += LOOK_MS) await wait(LOOK_MS);
  }
}
