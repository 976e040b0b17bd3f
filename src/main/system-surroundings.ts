// Where `weft` runs when a person or a script has called it.

import { systemFiles } from "#base/file-system.ts";
import type { Surroundings } from "#cli/surroundings.ts";
import { packageVersion } from "#local/package-root.ts";

export function systemSurroundings(): Surroundings {
  // Whoever reads our output may stop early, as `head` does: that is no failure.
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
    process.exit();
  });
  return {
    files: systemFiles,
    workingFolder: process.cwd(),
    environment: process.env,
    isTerminal: process.stdout.isTTY === true,
    version: packageVersion(),
    out: (text) => void process.stdout.write(text),
    error: (text) => void process.stderr.write(text),
    exit(code) {
      process.exitCode = code;
    },
  };
}
