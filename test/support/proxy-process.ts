// A sidecar as a process of its own, in the mesh of a test, with the means that the test grants it.

import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync } from "node:fs";
import type { Socket } from "node:net";
import { join } from "node:path";
import { eventually } from "#local/testing/eventually.ts";
import type { ProxySettings } from "#proxy/pipeline/proxy-settings.ts";
import { type ProxyOptions, proxySettings, SECRET, type SmallMesh } from "./small-mesh.ts";

const ENTRY = join(import.meta.dirname, "../../dist/main/proxy.js");
const LIFELINE = 3;

export type ProxyMeans = Pick<ProxyOptions, "application"> & {
  readonly flags?: readonly string[]; // Node's
  readonly descriptorsMax?: number;
};

export class ProxyProcess {
  readonly settings: ProxySettings;
  readonly #child: ChildProcess;
  #said = "";
  output = "";

  private constructor(settings: ProxySettings, { flags = [], descriptorsMax }: ProxyMeans) {
    this.settings = settings;
    const limit = descriptorsMax === undefined ? "" : `ulimit -n ${descriptorsMax}; `;
    this.#child = spawn("sh", ["-c", `${limit}exec "$0" "$@"`, process.execPath, ...flags, ENTRY], {
      stdio: ["ignore", "pipe", "pipe", "pipe"],
    });
    for (const stream of [this.#child.stdout!, this.#child.stderr!]) {
      stream.setEncoding("utf8").on("data", (text: string) => {
        this.output += text;
      });
    }
    const lifeline = this.#child.stdio[LIFELINE] as Socket;
    lifeline.setEncoding("utf8").on("data", (text: string) => {
      this.#said += text;
    });
    lifeline.on("error", () => {});
    lifeline.write(`${JSON.stringify(settings)}\n`);
  }

  // For a declared workload. Resolves when it listens, on sockets of its own.
  static async start(mesh: SmallMesh, name: string, means: ProxyMeans): Promise<ProxyProcess> {
    const { application } = means;
    const settings = proxySettings(mesh, name, application ? { application } : {});
    mkdirSync(settings.stateFolder, { recursive: true });
    const started = new ProxyProcess(settings, means);
    await eventually("the proxy is ready", () => started.#said.includes('"ready"'), 10_000);
    return started;
  }

  get isRunning(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  get exitCode(): number | null {
    return this.#child.exitCode;
  }

  // What it has told its supervisor, who never answers.
  get told(): readonly string[] {
    const events = this.#said.trim().split("\n");
    return events.map((line) => JSON.parse(line).event);
  }

  url(key: string): string {
    const { address, port } = this.settings.outbound;
    return `http://${address}:${port}/~${SECRET}/${key}`;
  }

  async metric(pattern: RegExp): Promise<number> {
    const { address, port } = this.settings.metrics;
    const text = await (await fetch(`http://${address}:${port}/metrics`)).text();
    return Number(pattern.exec(text)?.[1]);
  }

  // SIGTERM.
  end(): void {
    this.#child.kill();
  }

  kill(): void {
    this.#child.kill("SIGKILL");
  }
}
