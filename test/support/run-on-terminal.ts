// Runs one command of the CLI on a terminal (a pty, by util-linux' script) and presses a key after
// a while.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { type CommandResult, WEFT, weftEnvironment } from "./run-weft.ts";

const PATIENCE_MS = 30_000;

export async function runOnTerminal(
  args: readonly string[],
  key: string,
  afterMs: number,
): Promise<CommandResult> {
  const command = [WEFT, ...args].map((word) => `'${word}'`).join(" ");
  const child = spawn("script", ["-qefc", command, "/dev/null"], {
    env: { ...weftEnvironment(), TERM: "xterm" },
    stdio: ["pipe", "pipe", "pipe"],
    timeout: PATIENCE_MS,
    killSignal: "SIGKILL",
  });
  let out = "";
  let error = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    out += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    error += text;
  });
  setTimeout(() => child.stdin.write(key), afterMs);
  const [code] = await once(child, "close");
  return { code, out, error };
}
