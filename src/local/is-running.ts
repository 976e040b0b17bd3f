// Does a recorded process still run? Its number alone doesn't say so: it may be another's by now.

import { processStart } from "./process-start.ts";

export type RecordedProcess = { readonly pid: number; readonly startTime: string };

export function isRunning({ pid, startTime }: RecordedProcess): boolean {
  if (!Number.isSafeInteger(pid) || pid <= 1) return false;
  if (startTime !== "") return processStart(pid) === startTime;
  // Recorded on a system without /proc: the number is all there is.
  if (process.platform === "linux") return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
