// `weft up --detach`: starts another `weft up` in a session of its own, shows what that one says
// until it is ready, and leaves it running.

import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, openSync, readSync, statSync } from "node:fs";
import { resolve } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { systemFiles } from "#base/file-system.ts";
import { StateFolder } from "./state-folder.ts";
import { systemReason } from "./system-reason.ts";
import type { Terminal } from "./terminal.ts";
import { EXIT_FAILED, EXIT_OK, type UpOptions } from "./up.ts";

const LOOK_MS = 50;
const READY_WAIT_MS = 60_000;
const READ_BYTES = 64 * 1024;

export async function upDetached(options: UpOptions, terminal: Terminal): Promise<number> {
  const state = new StateFolder(systemFiles, resolve(options.parent));
  const log = new LogTail(state.logPath("up"));
  const child = spawnUp(options);
  let failure = "";
  child.on("error", (error) => {
    failure = systemReason(error);
  });
  child.stderr?.on("data", (chunk: Uint8Array) => {
    failure = (failure + String(chunk)).slice(-4000);
  });
  const giveUpAtMs = performance.now() + READY_WAIT_MS;
  while (child.exitCode === null && child.signalCode === null && child.pid !== undefined) {
    await wait(LOOK_MS);
    for (const line of log.newLines()) terminal.line(line);
    const mesh = state.readMesh();
    if (mesh?.pid === child.pid && mesh.isReady) return leave(child, EXIT_OK);
    if (performance.now() > giveUpAtMs) {
      terminal.line("Not every workload is ready yet. The mesh runs on: see `weft check`");
      return leave(child, EXIT_FAILED);
    }
  }
  for (const line of log.newLines()) terminal.line(line);
  if (failure !== "") terminal.error(failure.trimEnd());
  return child.exitCode ?? EXIT_FAILED;
}

function spawnUp(options: UpOptions): ChildProcess {
  const { documents, parent, portBase, forMs } = options;
  const program = process.argv[1] ?? "";
  const args = ["up", "-f", resolve(documents), "--mesh", resolve(parent)];
  if (portBase !== undefined) args.push("--port-base", String(portBase));
  if (forMs !== undefined) args.push("--for", `${forMs}ms`);
  return spawn(process.execPath, [...process.execArgv, program, ...args], {
    detached: true,
    stdio: ["ignore", "ignore", "pipe"],
  });
}

// It goes on without us.
function leave(child: ChildProcess, code: number): number {
  child.stderr?.destroy();
  child.unref();
  return code;
}

// The lines that a log has got since we looked first.
class LogTail {
  readonly #path: string;
  #offset: number;
  #rest = "";

  constructor(path: string) {
    this.#path = path;
    this.#offset = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  }

  newLines(): readonly string[] {
    const size = statSync(this.#path, { throwIfNoEntry: false })?.size ?? 0;
    // Begun anew because it was full.
    if (size < this.#offset) this.#offset = 0;
    if (size === this.#offset) return [];
    const file = openSync(this.#path, "r");
    const bytes = Buffer.alloc(Math.min(READ_BYTES, size - this.#offset));
    this.#offset += readSync(file, bytes, 0, bytes.length, this.#offset);
    closeSync(file);
    const lines = (this.#rest + bytes.toString("utf8")).split("\n");
    this.#rest = lines.pop() ?? "";
    return lines;
  }
}
