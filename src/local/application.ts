// A workload's own process, kept running.

import { existsSync } from "node:fs";
import { LIMITS } from "#base/limits.ts";
import { ChildProcess } from "./child-process.ts";
import { KeptProcess } from "./kept-process.ts";
import { ProcessLog } from "./process-log.ts";
import type { Workshop } from "./workshop.ts";

export type ApplicationOptions = {
  readonly workload: { readonly namespace: string; readonly name: string };
  readonly command: readonly string[];
  readonly workingFolder: string;
  readonly environment: ReadonlyMap<string, string>;
  readonly declaredAt: string;
};

export type ApplicationEvents = {
  started(): void;
  ended(): void;
};

export class Application {
  readonly #log: ProcessLog;
  readonly #kept: KeptProcess;

  constructor(options: ApplicationOptions, workshop: Workshop, events: ApplicationEvents) {
    const { namespace, name } = options.workload;
    const log = new ProcessLog(workshop.state.logPath(`${namespace}.${name}`), workshop.note);
    this.#log = log;
    this.#kept = new KeptProcess(
      {
        title: `${namespace}/${name}`,
        clock: workshop.clock,
        random: workshop.random,
        log,
        graceMs: LIMITS.applicationGraceMs,
        launch: (childEvents) =>
          new ChildProcess(
            {
              command: options.command,
              folder: options.workingFolder,
              environment: options.environment,
              output: log,
              descriptors: undefined,
            },
            childEvents,
          ),
        explain: (error) => explainMissing(options, error),
      },
      {
        started: (process) => {
          workshop.processes.add(process, `${namespace}/${name}`);
          events.started();
        },
        message: () => {},
        ended: () => events.ended(),
        note: workshop.note,
      },
    );
  }

  get pid(): number | undefined {
    return this.#kept.pid;
  }

  get restarts(): number {
    return this.#kept.restarts;
  }

  get isInCrashLoop(): boolean {
    return this.#kept.isInCrashLoop;
  }

  start(): void {
    this.#kept.start();
  }

  async stop(): Promise<void> {
    await this.#kept.stop();
    this.#log.close();
  }

  kill(): void {
    this.#kept.kill();
  }
}

// Node says ENOENT for a missing command and for a missing folder to run it in.
function explainMissing(options: ApplicationOptions, error: unknown): string | undefined {
  const { workload, command, workingFolder, declaredAt } = options;
  const where = declaredAt === "" ? "" : ` (${declaredAt})`;
  const title = `Cannot start ${workload.namespace}/${workload.name}${where}`;
  const code = error instanceof Error && "code" in error ? error.code : "";
  if (command.length === 0) return `${title}: it has no command`;
  if (code !== "ENOENT" && code !== "EACCES" && code !== "ENOTDIR") return undefined;
  if (!existsSync(workingFolder)) return `${title}: its folder ${workingFolder} does not exist`;
  if (code === "EACCES") return `${title}: "${command[0]}" is not an executable file`;
  return `${title}: no command "${command[0]}" is on the PATH. Install it, or correct the document`;
}
