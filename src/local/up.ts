// Runs a mesh in this process until it is told to stop. The exit code says how it went.

import { ADMIN_PATHS } from "#api/admin-paths.ts";
import type { LoginCode } from "#api/session.ts";
import { askMesh } from "#cli/ask-mesh.ts";
import type { Executables } from "./executables.ts";
import { type OpenedMesh, openMesh } from "./open-mesh.ts";
import { packageVersion } from "./package-root.ts";
import { ProcessLog } from "./process-log.ts";
import { onStopSignals } from "./stop-signals.ts";
import { Supervisor } from "./supervisor.ts";
import { systemReason } from "./system-reason.ts";
import type { Terminal } from "./terminal.ts";
import { UpReport } from "./up-report.ts";
import type { WorkloadStatus } from "./workload-status.ts";
import { workshopFor } from "./workshop-for.ts";

// With a limited time: it counts from ready, but a mesh that doesn't become ready ends, too.
const READY_WAIT_MS = 60_000;

export const EXIT_OK = 0;
export const EXIT_FAILED = 1;
export const EXIT_WRONG_USAGE = 2;

export type UpOptions = {
  readonly documents: string;
  readonly parent: string;
  readonly portBase: number | undefined;
  readonly forMs: number | undefined;
  readonly executables?: Executables;
};

export async function up(options: UpOptions, terminal: Terminal): Promise<number> {
  const startedAtMs = performance.now();
  const mesh = await openMesh({ ...options, version: packageVersion() });
  if (mesh.kind === "refused") {
    terminal.error(mesh.sentence);
    return EXIT_FAILED;
  }
  const run = new MeshRun(mesh, options, terminal, startedAtMs);
  try {
    return await run.untilStopped();
  } finally {
    mesh.close();
  }
}

class MeshRun {
  readonly #mesh: OpenedMesh;
  readonly #forMs: number | undefined;
  readonly #terminal: Terminal;
  readonly #report: UpReport;
  readonly #supervisor: Supervisor;
  readonly #startedAtMs: number;
  #wasReady = false;
  #timer: NodeJS.Timeout | undefined;
  #stop: () => void = () => {};

  constructor(mesh: OpenedMesh, options: UpOptions, terminal: Terminal, startedAtMs: number) {
    this.#mesh = mesh;
    this.#forMs = options.forMs;
    this.#terminal = terminal;
    this.#report = new UpReport(terminal);
    this.#startedAtMs = startedAtMs;
    const note = (sentence: string) => terminal.line(sentence);
    terminal.keepIn(new ProcessLog(mesh.state.logPath("up"), () => {}));
    const workshop = workshopFor(mesh.state, note, options.executables);
    const { documents, control, addresses, ports } = mesh;
    this.#supervisor = new Supervisor(
      { workshop, documents, control, addresses, ports },
      {
        workloads: (statuses) => this.#noteWorkloads(statuses),
        diagnostics: (lines) => this.#report.diagnostics(lines),
      },
    );
  }

  async untilStopped(): Promise<number> {
    const stopped = new Promise<void>((resolve) => {
      this.#stop = resolve;
    });
    const signals = onStopSignals(this.#stop, () => this.#supervisor.kill());
    // Nobody reads any more (`weft up | head`): that is an end, too, and not a crash.
    process.stdout.on("error", this.#stop);
    this.#greet();
    if (this.#forMs !== undefined) this.#stopAfter(this.#forMs + READY_WAIT_MS);
    const started = await Promise.race([this.#supervisor.start(), stopped]);
    const hasFailed = started?.kind === "failed";
    if (hasFailed) this.#terminal.line(started.sentence);
    else await stopped;
    clearTimeout(this.#timer);
    this.#terminal.status("");
    if (!hasFailed) this.#terminal.line("Stopping ...");
    await this.#supervisor.stop();
    this.#terminal.line("Stopped");
    signals.dispose();
    return hasFailed || (this.#forMs !== undefined && !this.#wasReady) ? EXIT_FAILED : EXIT_OK;
  }

  #greet(): void {
    const { documents, state, control, reaped } = this.#mesh;
    this.#terminal.line(`Starting the mesh of ${documents}; its state is in ${state.path}`);
    const { proxies, admin } = control;
    this.#terminal.line(
      `Control plane: proxies ${proxies.address}:${proxies.port}, ` +
        `admin API ${admin.address}:${admin.port}`,
    );
    if (reaped > 0) {
      this.#terminal.line(`Ended ${reaped} processes that a crashed \`weft up\` had left behind`);
    }
  }

  #noteWorkloads(statuses: readonly WorkloadStatus[]): void {
    this.#report.workloads(statuses);
    if (this.#wasReady || statuses.some(({ phase }) => phase !== "ready")) return;
    this.#wasReady = true;
    void this.#noteReady(statuses.length);
  }

  async #noteReady(workloads: number): Promise<void> {
    const seconds = ((performance.now() - this.#startedAtMs) / 1000).toFixed(1);
    this.#terminal.line(
      workloads === 0
        ? "The documents declare no workload; the mesh waits for some"
        : `All ${workloads} workloads are ready after ${seconds} s`,
    );
    if (this.#forMs !== undefined) this.#stopAfter(this.#forMs);
    this.#terminal.confidential(await this.#dashboardLine());
    try {
      this.#mesh.noteReady();
    } catch (error) {
      this.#terminal.line(`Cannot write ${this.#mesh.state.path}: ${systemReason(error)}`);
    }
  }

  async #dashboardLine(): Promise<string> {
    const { adminUrl, state } = this.#mesh;
    const token = state.readAdminToken();
    if (!token) return `Dashboard: ${adminUrl}, log in with \`weft dashboard\``;
    const found = { pid: process.pid, adminUrl, folder: state.path, token };
    const code = await askMesh<LoginCode>(found, { path: ADMIN_PATHS.loginCodes, body: {} });
    return code.kind === "ok"
      ? `Dashboard: \`weft dashboard\`, or once within a minute ${adminUrl}${code.value.path}`
      : `Dashboard: ${adminUrl} (${code.error.message})`;
  }

  #stopAfter(delayMs: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#stop(), delayMs);
  }
}
