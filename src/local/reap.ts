// Ends what a crashed `weft up` left behind: processes whose number and start are both as recorded,
// and no other.

import { readFileSync } from "node:fs";
import { setTimeout as wait } from "node:timers/promises";
import { groupLives } from "./group-lives.ts";
import { isRunning } from "./is-running.ts";
import { signalGroup } from "./signal-group.ts";
import type { ProcessRecord, StateFolder } from "./state-folder.ts";

const CHECK_MS = 20;

export type ReapOptions = { readonly graceMs: number };

// Returns what it found and ended.
export async function reapLeftovers(
  folder: StateFolder,
  options: ReapOptions,
): Promise<readonly ProcessRecord[]> {
  const file = folder.readProcesses();
  if (!file || file.boot !== bootId()) return [];
  const leftovers = file.processes.filter(isRunning);
  for (const { pid } of leftovers) signalGroup(pid, "SIGTERM");
  const stubborn = await stillThere(leftovers, options.graceMs);
  for (const { pid } of stubborn) signalGroup(pid, "SIGKILL");
  await stillThere(stubborn, options.graceMs);
  return leftovers;
}

// Changes with every boot; "" where the system doesn't tell.
export function bootId(): string {
  try {
    return readFileSync("/proc/sys/kernel/random/boot_id", "latin1").trim();
  } catch {
    return "";
  }
}

// Everything that we start leads a group: what it started itself ends with it.
async function stillThere(
  records: readonly ProcessRecord[],
  withinMs: number,
): Promise<readonly ProcessRecord[]> {
  let left = records;
  for (let waitedMs = 0; waitedMs <= withinMs; waitedMs += CHECK_MS) {
    left = left.filter(({ pid }) => groupLives(pid));
    if (left.length === 0) break;
    await wait(CHECK_MS);
  }
  return left;
}
