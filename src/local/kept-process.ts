// Keeps one process running: starts it again when it ends, with back-off, and tells of a crash
// loop once. Sidecars, applications and the control plane are all kept this way.

import type { Clock, Timer } from "#base/clock.ts";
import type { Random } from "#base/random.ts";
import { BackOff } from "./back-off.ts";
import type { ChildProcess, ChildProcessEvents } from "./child-process.ts";
import { exitText, type ProcessExit } from "./process-exit.ts";
import type { ProcessLog } from "./process-log.ts";
import { systemReason } from "./system-reason.ts";

// Ends in a row that make a crash loop.
const LOOP_FAILURES = 3;

export type KeptProcessOptions = {
  readonly title: string; // "bookshop/web", "the sidecar of bookshop/web"
  readonly clock: Clock;
  readonly random: Random;
  readonly log: ProcessLog;
  readonly graceMs: number;
  // May need something first (a token); called again for each start. Must not reject.
  readonly launch: (events: ChildProcessEvents) => ChildProcess | Promise<ChildProcess>;
  // What a process that can't even be started lacks, in a sentence; undefined: the usual words.
  readonly explain: (error: unknown) => string | undefined;
};

export type KeptProcessEvents = {
  started(process: ChildProcess): void;
  message(value: unknown, process: ChildProcess): void;
  // It is gone; another start follows unless it was asked to stop.
  ended(exit: ProcessExit): void;
  // A sentence for people.
  note(sentence: string): void;
};

export class KeptProcess {
  readonly #options: KeptProcessOptions;
  readonly #events: KeptProcessEvents;
  readonly #backOff: BackOff;
  #process: ChildProcess | undefined;
  // Those that were replaced, and finish what they have.
  readonly #leaving = new Set<ChildProcess>();
  #launching: Promise<void> | undefined;
  #timer: Timer | undefined;
  #isWanted = false;
  #lastNote = "";
  #starts = 0;

  constructor(options: KeptProcessOptions, events: KeptProcessEvents) {
    this.#options = options;
    this.#events = events;
    this.#backOff = new BackOff(options.clock, options.random);
  }

  get isRunning(): boolean {
    return this.#process?.isRunning ?? false;
  }

  get pid(): number | undefined {
    return this.isRunning ? this.#process?.pid : undefined;
  }

  get restarts(): number {
    return Math.max(0, this.#starts - 1);
  }

  get isInCrashLoop(): boolean {
    return this.#backOff.failures >= LOOP_FAILURES;
  }

  start(): void {
    if (this.#isWanted) return;
    this.#isWanted = true;
    this.#launch();
  }

  send(value: unknown): void {
    this.#process?.send(value);
  }

  // The process that runs wants to end: another one is started at once. False: none is to follow.
  replace(process: ChildProcess): boolean {
    if (!this.#isWanted) return false;
    if (process !== this.#process) return true;
    this.#leaving.add(process);
    this.#process = undefined;
    this.#launch();
    return true;
  }

  // To those that were replaced.
  sendLeaving(value: unknown): void {
    for (const process of this.#leaving) process.send(value);
  }

  async stop(): Promise<void> {
    this.#isWanted = false;
    this.#timer?.cancel();
    await this.#launching;
    const { graceMs } = this.#options;
    const running = [...this.#leaving, ...(this.#process ? [this.#process] : [])];
    await Promise.all(running.map((process) => process.stop(graceMs)));
  }

  kill(): void {
    this.#process?.signal("SIGKILL");
    for (const process of this.#leaving) process.signal("SIGKILL");
  }

  #launch(): void {
    this.#launching = this.#launchNow().finally(() => {
      this.#launching = undefined;
    });
  }

  async #launchNow(): Promise<void> {
    this.#starts++;
    this.#backOff.noteStart();
    const process = await this.#options.launch({
      message: (value) => this.#events.message(value, process),
      exited: (exit) => {
        if (!this.#leaving.delete(process)) this.#noteExit(exit);
      },
    });
    this.#process = process;
    if (process.pid === undefined) return;
    this.#events.started(process);
    if (!this.#isWanted) void process.stop(this.#options.graceMs);
  }

  #noteExit(exit: ProcessExit): void {
    this.#events.ended(exit);
    if (!this.#isWanted) return;
    const delayMs = this.#backOff.nextDelayMs();
    this.#tell(exit, delayMs);
    this.#timer = this.#options.clock.after(delayMs, () => this.#launch());
  }

  #tell(exit: ProcessExit, delayMs: number): void {
    const { title, log, explain } = this.#options;
    const failures = this.#backOff.failures;
    if (exit.kind === "not-started") {
      const reason = explain(exit.error) ?? `Cannot start ${title}: ${systemReason(exit.error)}`;
      this.#noteOnce(reason);
    } else if (failures < LOOP_FAILURES) {
      this.#events.note(`${title} ${exitText(exit)}: started again`);
    } else if (failures === LOOP_FAILURES) {
      const next = delayMs < 1000 ? "soon" : `in ${Math.round(delayMs / 1000)} s`;
      this.#events.note(
        `${title} ${exitText(exit)}, ${failures} times in a row: tried again ${next}, then ever ` +
          `more seldom. Its log is ${log.path}${indented(log.lastLines())}`,
      );
    }
  }

  // A command that is missing stays missing for many tries.
  #noteOnce(sentence: string): void {
    if (sentence === this.#lastNote) return;
    this.#lastNote = sentence;
    this.#events.note(sentence);
  }
}

function indented(lines: readonly string[]): string {
  return lines.length === 0 ? "" : `; its last lines:\n${lines.map((l) => `    ${l}`).join("\n")}`;
}
