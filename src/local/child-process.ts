// One process that we started: its lines over the lifeline, its output into a log, its end told
// exactly once.
//
//   descriptor   0 nothing (or ours)   1, 2 the log (or ours)   3 the lifeline   4... listeners
//
// The lifeline is a socket pair: our end closes when we die, however we die, and the child ends
// itself. Nothing else is inherited: every descriptor of ours is closed on exec.

import { type ChildProcess as NodeChild, type StdioOptions, spawn } from "node:child_process";
import { Socket } from "node:net";
import { setTimeout as wait } from "node:timers/promises";
import { LIMITS } from "#base/limits.ts";
import { groupLives } from "./group-lives.ts";
import { LineReader } from "./line-reader.ts";
import type { ProcessExit } from "./process-exit.ts";
import type { ProcessLog } from "./process-log.ts";
import { processStart } from "./process-start.ts";
import { signalGroup } from "./signal-group.ts";

// A grandchild may hold the output open long after the child is gone.
const OUTPUT_WAIT_MS = 100;
const GROUP_CHECK_MS = 20;

export type ChildProcessOptions = {
  readonly command: readonly string[];
  readonly folder: string;
  readonly environment: ReadonlyMap<string, string>;
  // "inherit": it uses our terminal and stays in our process group. Else it leads a group of its
  // own, so that Ctrl-C reaches it from us, in order, and its children end with it.
  readonly output: ProcessLog | "inherit";
  // Passed on as 4, 5, ... beside the lifeline; undefined: no lifeline either.
  readonly descriptors: readonly number[] | undefined;
};

export type ChildProcessEvents = {
  // One value over the lifeline.
  message(value: unknown): void;
  exited(exit: ProcessExit): void;
};

export class ChildProcess {
  readonly pid: number | undefined;
  readonly startTime: string;
  readonly ended: Promise<ProcessExit>;
  readonly #child: NodeChild | undefined;
  readonly #lifeline: Socket | undefined;
  readonly #leadsGroup: boolean;
  readonly #events: ChildProcessEvents;
  #finish: (exit: ProcessExit) => void = () => {};
  #exit: ProcessExit | undefined;
  #isStopping = false;
  #isOver = false;

  constructor(options: ChildProcessOptions, events: ChildProcessEvents) {
    this.#events = events;
    this.#leadsGroup = options.output !== "inherit";
    this.ended = new Promise((resolve) => {
      this.#finish = resolve;
    });
    this.#child = this.#spawn(options);
    this.pid = this.#child?.pid;
    this.startTime = this.pid === undefined ? "" : processStart(this.pid);
    this.#lifeline = this.#openLifeline();
    if (options.output !== "inherit") this.#collectOutput(options.output);
  }

  get isRunning(): boolean {
    return this.pid !== undefined && this.#exit === undefined;
  }

  send(value: unknown): void {
    if (this.#lifeline?.writable) this.#lifeline.write(`${JSON.stringify(value)}\n`);
  }

  signal(name: NodeJS.Signals): void {
    if (this.isRunning) this.#kill(name);
  }

  // Asks it and all that it started to end, and ends them when the grace is over.
  async stop(graceMs: number): Promise<void> {
    this.#isStopping = true;
    const killAtMs = performance.now() + graceMs;
    this.signal("SIGTERM");
    const timer = setTimeout(() => this.signal("SIGKILL"), graceMs);
    await this.ended;
    clearTimeout(timer);
    if (!this.#leadsGroup || this.pid === undefined) return;
    while (performance.now() < killAtMs && groupLives(this.pid)) await wait(GROUP_CHECK_MS);
    signalGroup(this.pid, "SIGKILL");
  }

  #spawn(options: ChildProcessOptions): NodeChild | undefined {
    const [file = "", ...args] = options.command;
    const output = options.output === "inherit" ? "inherit" : "pipe";
    const input = options.output === "inherit" ? "inherit" : "ignore";
    const further = options.descriptors ? (["pipe", ...options.descriptors] as const) : [];
    const stdio: StdioOptions = [input, output, output, ...further];
    try {
      const child = spawn(file, args, {
        cwd: options.folder,
        env: Object.fromEntries(options.environment),
        stdio,
        detached: this.#leadsGroup,
      });
      child.on("error", (error) => {
        if (child.pid === undefined) this.#noteFailedStart(error);
      });
      child.on("exit", (code, signal) => {
        this.#noteExit(
          code === null
            ? { kind: "killed", signal: signal ?? "a signal" }
            : { kind: "exited", code },
        );
      });
      child.on("close", () => this.#tellExit());
      return child;
    } catch (error) {
      this.#noteFailedStart(error);
      return undefined;
    }
  }

  // Later, like every other end: the caller doesn't even hold us yet.
  #noteFailedStart(error: unknown): void {
    setImmediate(() => this.#noteExit({ kind: "not-started", error }));
  }

  #openLifeline(): Socket | undefined {
    const lifeline = this.#child?.stdio?.[3];
    if (!(lifeline instanceof Socket)) return undefined;
    const reader = new LineReader(LIMITS.supervisorLineBytesMax, {
      line: (text) => this.#receive(text),
      overflow: () => this.signal("SIGKILL"),
    });
    lifeline.on("data", (chunk: Uint8Array) => reader.read(chunk));
    // Broken: the child is gone, which "exit" tells.
    lifeline.on("error", () => {});
    return lifeline;
  }

  #receive(text: string): void {
    if (this.#isOver) return;
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch {
      // Our own executables write JSON; what doesn't is out of its mind.
      this.signal("SIGKILL");
      return;
    }
    this.#events.message(value);
  }

  #collectOutput(log: ProcessLog): void {
    for (const stream of [this.#child?.stdout, this.#child?.stderr]) {
      stream?.on("data", (chunk: Uint8Array) => log.write(chunk));
      stream?.on("error", () => {});
    }
  }

  #noteExit(exit: ProcessExit): void {
    if (this.#exit) return;
    this.#exit = exit;
    // What it started and left behind ends with it.
    if (!this.#isStopping && this.#leadsGroup) this.#kill("SIGKILL");
    if (exit.kind === "not-started") this.#tellExit();
    else setTimeout(() => this.#tellExit(), OUTPUT_WAIT_MS).unref();
  }

  #tellExit(): void {
    if (this.#isOver || !this.#exit) return;
    this.#isOver = true;
    this.#lifeline?.destroy();
    this.#child?.stdout?.destroy();
    this.#child?.stderr?.destroy();
    this.#finish(this.#exit);
    this.#events.exited(this.#exit);
  }

  #kill(name: NodeJS.Signals): void {
    if (this.pid === undefined) return;
    if (this.#leadsGroup) signalGroup(this.pid, name);
    else this.#child?.kill(name);
  }
}
