// What runs on one core alone, where there are several and `taskset` is there: what asks and what is
// asked then take nothing from each other, however many threads a tool has.

import { execFileSync } from "node:child_process";
import { machine, missingPrograms } from "./machine.ts";

export function onCore(core: number, command: readonly string[]): readonly string[] {
  return canPin(core) ? ["taskset", "--cpu-list", String(core), ...command] : command;
}

// Processes that run already, with all of their threads.
export function moveToCore(core: number, pids: readonly number[]): void {
  if (!canPin(core)) return;
  for (const pid of pids) {
    const args = ["--all-tasks", "--pid", "--cpu-list", String(core), String(pid)];
    execFileSync("taskset", args, { stdio: ["ignore", "ignore", "inherit"] });
  }
}

function canPin(core: number): boolean {
  return machine().cores > core && missingPrograms({ taskset: "--version" }).length === 0;
}
