// Until somebody watches requests, as the control plane's log has it.

import { setTimeout as wait } from "node:timers/promises";
import { eventually } from "#local/testing/eventually.ts";

const WITHIN_MS = 10_000;
// The proxies have been told then; nothing says when they have heard it.
const HEARD_MS = 250;

export async function untilWatched(lines: readonly string[]): Promise<void> {
  const isWatched = () => lines.some((line) => line.includes("Somebody watches"));
  await eventually("somebody watches", isWatched, WITHIN_MS);
  await wait(HEARD_MS);
}
