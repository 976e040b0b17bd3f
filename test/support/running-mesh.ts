// A mesh of real processes: `weft up` on documents in a folder of its own, with free ports. It is
// ended by its pid when the test is over, and by itself should the test have no chance to.

import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Answer } from "#api/answer.ts";
import type { MeshFile } from "#api/mesh-file.ts";
import { askMesh, type Question } from "#cli/ask-mesh.ts";
import { eventually } from "#local/testing/eventually.ts";
import { runOnTerminal } from "./run-on-terminal.ts";
import { type CommandResult, runWeft, WEFT, weftEnvironment } from "./run-weft.ts";

const LONGEST = "10m";
const READY_WITHIN_MS = 20_000;
const END_WITHIN_MS = 15_000;

export type MeshOptions = {
  // By file name, or an existing folder that is copied.
  readonly documents: Readonly<Record<string, string>> | string;
  readonly waitsForReady?: boolean;
  // Gets the folder that will hold `.weft`, before the mesh makes it.
  readonly prepare?: (parent: string) => void;
};

export class RunningMesh {
  readonly parent: string;
  readonly documents: string;
  #child: ChildProcess;
  #output = "";

  private constructor(parent: string) {
    this.parent = parent;
    this.documents = join(parent, "documents");
    this.#child = this.#start();
  }

  static async start(options: MeshOptions): Promise<RunningMesh> {
    const { documents, waitsForReady = true } = options;
    const parent = mkdtempSync(join(tmpdir(), "weft-up-"));
    options.prepare?.(parent);
    const folder = join(parent, "documents");
    if (typeof documents === "string") {
      cpSync(documents, folder, { recursive: true });
    } else {
      mkdirSync(folder);
      for (const [file, text] of Object.entries(documents)) writeFileSync(join(folder, file), text);
    }
    const mesh = new RunningMesh(parent);
    if (waitsForReady) await mesh.untilReady();
    return mesh;
  }

  get pid(): number {
    return this.#child.pid!;
  }

  get state(): string {
    return join(this.parent, ".weft");
  }

  // What it has printed.
  get output(): string {
    return this.#output;
  }

  get exitCode(): number | null {
    return this.#child.exitCode;
  }

  // Another `weft up` in the same place, after the first has ended.
  async startAgain(): Promise<void> {
    assert.ok(this.#hasEnded, "the first one runs still");
    this.#output = "";
    this.#child = this.#start();
    await this.untilReady();
  }

  async untilReady(): Promise<void> {
    const isReady = () => /workloads are ready after|declare no workload/.test(this.#output);
    await eventually("ready", () => isReady() || this.#hasEnded, READY_WITHIN_MS).catch((error) => {
      throw new Error(`${error.message}\n${this.#output}`);
    });
    assert.ok(isReady(), this.#output);
    const isRecorded = () => this.readState("mesh.json").isReady === true;
    await eventually("mesh.json says ready", isRecorded);
  }

  untilPrinted(pattern: RegExp, withinMs = 5_000): Promise<void> {
    return eventually(`printed ${pattern}`, () => pattern.test(this.#output), withinMs);
  }

  write(file: string, text: string): void {
    writeFileSync(join(this.documents, file), text);
  }

  // As careful editors do.
  replace(file: string, text: string): void {
    const path = join(this.parent, file);
    writeFileSync(path, text);
    renameSync(path, join(this.documents, file));
  }

  hasDocument(file: string): boolean {
    return existsSync(join(this.documents, file));
  }

  read(file: string): string {
    return readFileSync(join(this.documents, file), "utf8");
  }

  // biome-ignore lint/suspicious/noExplicitAny: JSON of the state folder, as it stands there.
  readState(file: string): any {
    return JSON.parse(readFileSync(join(this.state, file), "utf8"));
  }

  async ask<Value>(path: string, rest: Omit<Question, "path"> = {}): Promise<Value> {
    const answer: Answer<Value> = await this.tryToAsk(path, rest);
    assert.ok(answer.kind === "ok", JSON.stringify(answer));
    return answer.value;
  }

  tryToAsk<Value>(path: string, rest: Omit<Question, "path"> = {}): Promise<Answer<Value>> {
    const mesh: MeshFile = this.readState("mesh.json");
    const token = readFileSync(join(this.state, "admin-token"), "utf8").trim();
    return askMesh<Value>({ ...mesh, token }, { path, ...rest });
  }

  weft(...args: readonly string[]): Promise<CommandResult> {
    return runWeft([...args, "--mesh", this.parent]);
  }

  weftOnTerminal(key: string, afterMs: number, ...args: readonly string[]) {
    return runOnTerminal([...args, "--mesh", this.parent], key, afterMs);
  }

  signal(name: NodeJS.Signals): void {
    this.#child.kill(name);
  }

  async untilEnded(withinMs = END_WITHIN_MS): Promise<number | null> {
    await eventually("`weft up` has ended", () => this.#hasEnded, withinMs);
    return this.#child.exitCode;
  }

  // Ends it and removes all that it had.
  async stop(): Promise<void> {
    if (!this.#hasEnded) {
      this.#child.kill("SIGTERM");
      const patience = setTimeout(() => this.#child.kill("SIGKILL"), END_WITHIN_MS);
      await once(this.#child, "exit");
      clearTimeout(patience);
    }
    rmSync(this.parent, { recursive: true, force: true, maxRetries: 3 });
  }

  get #hasEnded(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null;
  }

  #start(): ChildProcess {
    const child = spawn(
      WEFT,
      ["up", "-f", this.documents, "--mesh", this.parent, "--port-base", "0", "--for", LONGEST],
      { env: weftEnvironment(), stdio: ["ignore", "pipe", "pipe"] },
    );
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8").on("data", (text: string) => {
        this.#output += text;
      });
    }
    return child;
  }
}
