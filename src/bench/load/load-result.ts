// What a load found. Plain data: it is printed and stored as JSON.

import type { LoadProtocolName } from "./load-options.ts";

export type LoadErrorKind =
  | "connect" // no connection
  | "reset" // the connection broke, or the stream was reset
  | "cut" // the other side ended it before the answer was whole
  | "framing" // the answer is not of its protocol, or more or less came than an answer
  | "timeout"
  | "overload"; // no connection was free, and as many were waiting as may

export type LoadErrors = Readonly<Record<LoadErrorKind, number>>;

export type Percentiles = {
  readonly p50: number;
  readonly p75: number;
  readonly p90: number;
  readonly p99: number;
  readonly p999: number;
  readonly max: number;
  readonly mean: number;
};

export type LoadResult = {
  readonly target: string;
  readonly protocol: LoadProtocolName;
  readonly loop: "open" | "closed";
  readonly connections: number;
  // On each connection at a time; 1 with HTTP/1.
  readonly streams: number;
  readonly keepsAlive: boolean;
  // From the end of the warm-up to the end of the schedule. Everything below is of this window.
  readonly elapsedMs: number;
  // requests = answers + errors + abandoned
  readonly requests: number;
  readonly answers: number;
  // Answers with a status below 500, and with gRPC's status 0 where they have one; and their share
  // of the requests that were not abandoned.
  readonly succeeded: number;
  readonly successRate: number;
  readonly errors: LoadErrors;
  // Open at the end, when the load was told to stop.
  readonly abandoned: number;
  readonly statuses: readonly (readonly [status: number, count: number])[];
  readonly grpcStatuses: readonly (readonly [status: number, count: number])[];
  readonly bodyBytes: number;
  readonly ratePerSecond: { readonly requested: number | null; readonly achieved: number };
  // Of answers, and of requests that timed out: those are the worst of all. Open loop: from the
  // scheduled time, a wait for a free connection included.
  readonly latencyUs: Percentiles;
  readonly generator: GeneratorCost;
  // The generator was the limit: what was measured is the generator. Why, in words.
  readonly isLimit: boolean;
  readonly limitReason: string;
};

export type GeneratorCost = {
  readonly cpuUsPerRequest: number;
  readonly cpuShare: number; // of one core
  // How much of the time the event loop had something to do (spinning is nothing).
  readonly busyShare: number;
  // Open loop: how late requests were released.
  readonly latenessUs: Percentiles;
};

export type LoadProgress = {
  readonly elapsedMs: number; // warm-up included
  readonly isWarmingUp: boolean;
  // So far, without the warm-up.
  readonly answers: number;
  readonly errors: number;
  readonly latencyP50Us: number;
  readonly latencyP99Us: number;
  readonly waiting: number;
};
