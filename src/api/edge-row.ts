// Who talks to whom, as whom: `weft edges`.

import type { GoldenMetrics } from "./golden-metrics.ts";

export type EdgeQuery = TrafficQuery;

// One namespace, one workload or service in it, or all; on either side.
export type TrafficQuery = {
  readonly namespace: string | undefined;
  readonly name: string | undefined;
  readonly windowMs: number;
  // Only requests from there, or to there.
  readonly source?: Party | undefined;
  readonly destination?: Party | undefined;
};

// A workload, or as a destination also a service; undefined: any.
export type Party = {
  readonly namespace: string | undefined;
  readonly name: string | undefined;
};

export type EdgeRow = GoldenMetrics & {
  readonly source: EdgeEnd;
  readonly destination: EdgeEnd;
  readonly isSecured: boolean; // mTLS, every request of the window
};

export type EdgeEnd = {
  readonly namespace: string;
  readonly workload: string;
  readonly identity: string; // spiffe://..., "" where there is none
};
