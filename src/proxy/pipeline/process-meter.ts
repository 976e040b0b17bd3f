// What this process uses: for reports and /metrics.

import type { Clock } from "#base/clock.ts";
import type { LearnedPort, Report, SeriesDelta } from "#snapshot/report.ts";

const MICROSECONDS = 1000;

export class ProcessMeter {
  readonly #connectionsOpen: () => number;
  #reportedCpuMs = 0;
  #reportedAtMs = 0;

  constructor(connectionsOpen: () => number) {
    this.#connectionsOpen = connectionsOpen;
  }

  // User and system, since the process started.
  cpuMs(): number {
    const { user, system } = process.cpuUsage();
    return (user + system) / MICROSECONDS;
  }

  // Resident.
  memoryBytes(): number {
    return process.memoryUsage.rss();
  }

  connectionsOpen(): number {
    return this.#connectionsOpen();
  }

  report(
    clock: Clock,
    traffic: { readonly series: readonly SeriesDelta[]; readonly lost: number },
    learned: readonly LearnedPort[],
  ): Report {
    const nowMs = clock.nowMs();
    const cpuMs = this.cpuMs();
    const windowMs = nowMs - this.#reportedAtMs;
    const sample = {
      cpuMs: cpuMs - this.#reportedCpuMs,
      memoryBytes: this.memoryBytes(),
      connectionsOpen: this.connectionsOpen(),
    };
    this.#reportedAtMs = nowMs;
    this.#reportedCpuMs = cpuMs;
    const report = { atMs: clock.wallMs(), windowMs, ...traffic, process: sample };
    return learned.length === 0 ? report : { ...report, learned };
  }
}
