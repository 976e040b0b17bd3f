// Tells a person how the mesh is doing: what becomes ready and where it is, what fails, what is
// wrong with the documents.

import type { Terminal } from "./terminal.ts";
import type { WorkloadStatus } from "./workload-status.ts";

export class UpReport {
  readonly #terminal: Terminal;
  readonly #phases = new Map<string, WorkloadStatus["phase"]>();
  #problems: readonly string[] = [];
  #hasBeenReady = new Set<string>();

  constructor(terminal: Terminal) {
    this.#terminal = terminal;
  }

  workloads(statuses: readonly WorkloadStatus[]): void {
    const names = new Set(statuses.map(titleOf));
    for (const name of this.#phases.keys()) if (!names.has(name)) this.#tellGone(name);
    for (const status of statuses) this.#tellChange(status);
    const ready = statuses.filter(({ phase }) => phase === "ready").length;
    const restarts = statuses.reduce((sum, status) => sum + status.restarts, 0);
    const parts = [`${ready} of ${statuses.length} workloads ready`];
    if (restarts > 0) parts.push(`${restarts} restarts`);
    if (this.#problems.length > 0) parts.push(`${this.#problems.length} diagnostics`);
    this.#terminal.status(parts.join(" · "));
  }

  // Only what is new, and that all is well again.
  diagnostics(lines: readonly string[]): void {
    for (const line of lines) if (!this.#problems.includes(line)) this.#terminal.line(line);
    if (lines.length === 0 && this.#problems.length > 0) {
      this.#terminal.line("The documents have no diagnostics any more");
    }
    this.#problems = lines;
  }

  #tellGone(name: string): void {
    this.#phases.delete(name);
    this.#hasBeenReady.delete(name);
    this.#terminal.line(`${name} is no longer declared: it is stopped`);
  }

  #tellChange(status: WorkloadStatus): void {
    const name = titleOf(status);
    const before = this.#phases.get(name);
    this.#phases.set(name, status.phase);
    if (status.phase === "ready" && before !== "ready") {
      const again = this.#hasBeenReady.has(name) ? " again" : "";
      this.#hasBeenReady.add(name);
      this.#terminal.line(`${name} is ready${again}${placeOf(status)}`);
    } else if (before === "ready" && status.phase !== "ready") {
      this.#terminal.line(`${name} is not ready any more`);
    }
  }
}

function titleOf({ namespace, name }: WorkloadStatus): string {
  return `${namespace}/${name}`;
}

function placeOf({ application, isHttp }: WorkloadStatus): string {
  if (!application) return "";
  return `: ${isHttp ? "http://" : ""}${application.address}:${application.port}`;
}
