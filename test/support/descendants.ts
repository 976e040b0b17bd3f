// All that a process has started, and what that has started, as the kernel tells now.

import { readdirSync, readFileSync } from "node:fs";
import type { RecordedProcess } from "#local/is-running.ts";

type Entry = RecordedProcess & { readonly parent: number };

export function descendantsOf(pid: number): readonly RecordedProcess[] {
  const all = readdirSync("/proc").flatMap((name) => (/^\d+$/.test(name) ? read(name) : []));
  const found: Entry[] = [];
  let parents = [pid];
  while (parents.length > 0) {
    const children = all.filter(({ parent }) => parents.includes(parent));
    found.push(...children);
    parents = children.map((child) => child.pid);
  }
  return found.map(({ pid, startTime }) => ({ pid, startTime }));
}

// "pid (command) state parent ... start ..."; the command may contain anything.
function read(name: string): readonly Entry[] {
  try {
    const stat = readFileSync(`/proc/${name}/stat`, "latin1");
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    const [state, parent] = fields;
    if (state === "Z" || state === "X") return [];
    return [{ pid: Number(name), parent: Number(parent), startTime: fields[19]! }];
  } catch {
    return [];
  }
}
