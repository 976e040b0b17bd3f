// Waits until the machine does little besides, or for so long.

import { cpus } from "node:os";
import { setTimeout as wait } from "node:timers/promises";
import { machineBusyMs } from "../process-figures.ts";

const LOOK_MS = 3_000;
const BUSY_MOST = 0.25;

// How busy it was at last: 1 is all of it.
export async function calm(patienceMs: number): Promise<number> {
  for (let waitedMs = 0; ; waitedMs += LOOK_MS) {
    const beforeMs = machineBusyMs();
    await wait(LOOK_MS);
    const share = (machineBusyMs() - beforeMs) / LOOK_MS / cpus().length;
    if (share <= BUSY_MOST || waitedMs >= patienceMs) return Number(share.toFixed(2));
  }
}
