// Every process that a measurement starts, and that none of them outlives it.

import { type ChildProcess, type StdioOptions, spawn } from "node:child_process";
import type { Writable } from "node:stream";
import { setTimeout as wait } from "node:timers/promises";

const GRACE_MS = 12_000; // `weft up` ends its own children within ten seconds
const OUTPUT_CHARACTERS_MAX = 200_000;
const LOOK_MS = 10;

export class Child {
  readonly title: string;
  readonly pid: number;
  readonly #process: ChildProcess;
  readonly #exit: Promise<number | null>;
  #isRunning = true;
  #output = "";

  // `descriptors`: what it inherits from 4 on; then 3 is a pipe both ways, as a supervisor's.
  constructor(
    title: string,
    command: readonly string[],
    environment: NodeJS.ProcessEnv,
    descriptors?: readonly number[],
  ) {
    const [file = "", ...args] = command;
    this.title = title;
    // A group of its own: Ctrl-C reaches it from us only, in order.
    const stdio: StdioOptions = ["ignore", "pipe", "pipe"];
    if (descriptors) stdio.push("pipe", ...descriptors);
    this.#process = spawn(file, args, { env: environment, stdio, detached: true });
    this.#exit = new Promise((resolve) => {
      this.#process.once("close", (code) => this.#noteEnd(resolve, code));
      this.#process.once("error", (error) => {
        this.#output += error.message;
        this.#noteEnd(resolve, 127);
      });
    });
    for (const stream of [this.#process.stdout, this.#process.stderr]) {
      stream?.setEncoding("utf8").on("data", (text: string) => {
        this.#output = (this.#output + text).slice(-OUTPUT_CHARACTERS_MAX);
      });
    }
    this.pid = this.#process.pid ?? 0;
  }

  get isRunning(): boolean {
    return this.#isRunning;
  }

  get output(): string {
    return this.#output;
  }

  // Its exit code.
  get ended(): Promise<number | null> {
    return this.#exit;
  }

  // Until it has printed a line like that; undefined: it ended before, or never did.
  async printed(pattern: RegExp, withinMs: number): Promise<RegExpExecArray | undefined> {
    const endMs = performance.now() + withinMs;
    for (;;) {
      const found = pattern.exec(this.#output);
      if (found) return found;
      if (!this.#isRunning || performance.now() > endMs) return undefined;
      await wait(LOOK_MS);
    }
  }

  // A line over descriptor 3, of one that has it.
  say(line: object): void {
    (this.#process.stdio[3] as Writable).write(`${JSON.stringify(line)}\n`);
  }

  async stop(): Promise<void> {
    if (this.#isRunning) this.#process.kill("SIGTERM");
    const timer = setTimeout(() => this.#process.kill("SIGKILL"), GRACE_MS);
    await this.#exit;
    clearTimeout(timer);
  }

  #noteEnd(resolve: (code: number | null) => void, code: number | null): void {
    this.#isRunning = false;
    resolve(code);
  }
}

export class Children {
  readonly #running = new Set<Child>();
  #isOver = false;

  start(
    title: string,
    command: readonly string[],
    environment = process.env,
    descriptors?: readonly number[],
  ): Child {
    if (this.#isOver) throw new Error(`Cannot start ${title}: the measurement is over`);
    const child = new Child(title, command, environment, descriptors);
    this.#running.add(child);
    void child.ended.then(() => this.#running.delete(child));
    return child;
  }

  // Nothing is started after this.
  async stopAll(): Promise<void> {
    this.#isOver = true;
    await Promise.all([...this.#running].map((child) => child.stop()));
  }
}
