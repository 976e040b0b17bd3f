// How often processes call the system while something is done: strace counts. It slows them down,
// so nothing else is measured meanwhile.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import type { Rig } from "./rig.ts";

export type SystemCalls = ReadonlyMap<string, number>;

const ATTACH_MS = 500;

// By process, in the order of `pids`.
export async function countSystemCalls(
  { children, folder }: Rig,
  pids: readonly number[],
  act: () => Promise<void>,
): Promise<readonly SystemCalls[]> {
  const path = (pid: number) => join(folder, `strace.${pid}.txt`);
  const traces = pids.map((pid) =>
    children.start(`strace ${pid}`, ["strace", "-c", "-f", "-p", `${pid}`, "-o", path(pid)]),
  );
  await wait(ATTACH_MS);
  await act();
  await Promise.all(traces.map((trace) => trace.stop()));
  return pids.map((pid) => parseSummary(readFileSync(path(pid), "utf8")));
}

// Lines like "  4.08    0.034674           5      6827        12 write".
function parseSummary(text: string): SystemCalls {
  const counts = new Map<string, number>();
  for (const line of text.split("\n")) {
    const found = /^\s*[\d.]+\s+[\d.]+\s+\d+\s+(\d+)(?:\s+\d+)?\s+(\w+)$/.exec(line);
    if (found && found[2] !== "total") counts.set(found[2]!, Number(found[1]));
  }
  return counts;
}
