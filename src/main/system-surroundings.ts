// Where `weft` runs when a person or a script has called it.

import { text } from "node:stream/consumers";
import { systemFiles } from "#base/file-system.ts";
import type { Surroundings, Terminal } from "#cli/surroundings.ts";
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
    terminal: process.stdout.isTTY && process.stdin.isTTY ? systemTerminal() : undefined,
    version: packageVersion(),
    input: () => text(process.stdin),
    out: (text) => void process.stdout.write(text),
    error: (text) => void process.stderr.write(text),
    exit(code) {
      process.exitCode = code;
    },
  };
}

function systemTerminal(): Terminal {
  const { stdin, stdout } = process;
  return {
    // A terminal may not know.
    size: () => ({ columns: stdout.columns || 80, rows: stdout.rows || 24 }),
    onKey(pressed) {
      const read = (text: string): void => pressed(text[0] ?? "");
      stdin.setRawMode(true).setEncoding("utf8").on("data", read);
      return () => {
        stdin.off("data", read).setRawMode(false).pause();
      };
    },
  };
}
