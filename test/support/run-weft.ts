// Runs one command of the CLI as a process of its own.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";

export const WEFT = join(import.meta.dirname, "../../weft");
const PATIENCE_MS = 30_000;

export type CommandResult = {
  readonly code: number | null;
  readonly out: string;
  readonly error: string;
};

export type RunOptions = {
  readonly folder?: string;
  readonly environment?: NodeJS.ProcessEnv;
};

export async function runWeft(
  args: readonly string[],
  { folder, environment = weftEnvironment() }: RunOptions = {},
): Promise<CommandResult> {
  const child = spawn(WEFT, args, {
    cwd: folder,
    env: environment,
    stdio: ["ignore", "pipe", "pipe"],
    timeout: PATIENCE_MS,
    killSignal: "SIGKILL",
  });
  const texts = { out: "", error: "" };
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    texts.out += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    texts.error += text;
  });
  const [code] = await once(child, "close");
  return { code, ...texts };
}

// Without what would lead it to another mesh, or make it a part of the test run.
export function weftEnvironment(): NodeJS.ProcessEnv {
  const { WEFT_MESH: _, NODE_TEST_CONTEXT: __, NODE_OPTIONS: ___, ...rest } = process.env;
  return rest;
}
