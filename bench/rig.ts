// What every measurement here needs: a folder and processes, both gone when it ends, however it
// ends, and an end within its time.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Children } from "./children.ts";
import { missingPrograms, PEERS } from "./machine.ts";

export type Rig = { readonly children: Children; readonly folder: string };

const EXIT_FAILED = 1;
const EXIT_MISSING = 3;
const EXIT_INTERRUPTED = 130;

// `needs`: programs that aren't ours.
export async function withRig(
  limitMs: number,
  measure: (rig: Rig) => Promise<void>,
  needs = PEERS,
): Promise<void> {
  // Debian puts servers where a user's PATH doesn't look.
  process.env["PATH"] += ":/usr/local/sbin:/usr/sbin";
  const missing = missingPrograms(needs);
  if (missing.length > 0) {
    tell(
      `Cannot measure without ${missing.join(" and ")}: \`sh tools/setup-peers.sh\` installs them`,
    );
    process.exit(EXIT_MISSING);
  }
  const children = new Children();
  const folder = mkdtempSync(join(tmpdir(), "weft-bench-"));
  let isEnding = false;
  const end = async (code: number): Promise<void> => {
    if (isEnding) return;
    isEnding = true;
    await children.stopAll();
    rmSync(folder, { recursive: true, force: true });
    process.exit(code);
  };
  const timer = setTimeout(() => {
    tell(`Ended: the measurement took more than its ${limitMs / 1000} s. Is the machine busy?`);
    void end(EXIT_FAILED);
  }, limitMs);
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.on(signal, () => void end(EXIT_INTERRUPTED));
  }
  try {
    await measure({ children, folder });
    await end(Number(process.exitCode ?? 0));
  } catch (error) {
    if (!isEnding) tell(error instanceof Error ? error.message : String(error));
    await end(EXIT_FAILED);
  } finally {
    clearTimeout(timer);
  }
}

export function tell(line: string): void {
  process.stderr.write(`${line}\n`);
}
