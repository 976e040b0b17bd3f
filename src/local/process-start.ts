// When a process started, so that a number from a file can be held against the process that has it
// now: numbers are used again, a number together with its start is not (until the next boot).

import { readFileSync } from "node:fs";

// In clock ticks since boot, as /proc/PID/stat says it; "" where there is no such process or no
// /proc. Zombies count as gone.
export function processStart(pid: number): string {
  let stat: string;
  try {
    stat = readFileSync(`/proc/${pid}/stat`, "latin1");
  } catch {
    return "";
  }
  // The second field is the command in brackets and may contain anything, brackets too.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const state = fields[0];
  return state === "Z" || state === "X" ? "" : (fields[19] ?? "");
}
