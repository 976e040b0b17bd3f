// Is anybody of a process group left who can still do something? The dead who wait for a parent to
// notice don't count; under an init that never looks they would count for ever.

import { readdirSync, readFileSync } from "node:fs";
import { signalGroup } from "./signal-group.ts";

export function groupLives(leader: number): boolean {
  if (!signalGroup(leader, 0)) return false;
  if (process.platform !== "linux") return true;
  return readdirSync("/proc").some((name) => /^\d+$/.test(name) && isMember(name, leader));
}

// "pid (command) state parent group ..."; the command may contain anything.
function isMember(pid: string, leader: number): boolean {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
    const [state, , group] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return group === String(leader) && state !== "Z" && state !== "X";
  } catch {
    return false;
  }
}
