// One workload as its supervisor sees it.

import type { Address } from "#main/bootstrap.ts";

export type WorkloadStatus = {
  readonly namespace: string;
  readonly name: string;
  // waiting: for its sidecar; starting: its command runs and isn't ready; failing: it can't be
  // kept running.
  readonly phase: "waiting" | "starting" | "ready" | "failing";
  // Where the application listens; undefined for one without ports.
  readonly application: Address | undefined;
  readonly isHttp: boolean; // the first port speaks HTTP
  readonly metrics: Address | undefined; // of its sidecar
  readonly restarts: number; // of the application
};
