// An exchange that has ended, as its line in the access log and its span have it.

import type { RequestHead } from "#proxy/exchange/heads.ts";
import type { SeriesKey } from "#snapshot/report.ts";

export type AccessEntry = {
  readonly head: RequestHead;
  readonly key: SeriesKey | undefined; // where it was counted
  readonly startedMs: number; // on the monotonic clock
  readonly durationMs: number;
  readonly firstByteMs: number;
  readonly status: number; // 0: nothing was answered
  readonly grpcStatus: string;
  readonly cause: string; // "" where the application answered
  readonly bytesReceived: number;
  readonly bytesSent: number;
  readonly endpoint: string; // "" where it reached none
  readonly attempts: number;
  // Known to be of no trace that anybody keeps: its traceparent needn't be fetched once more.
  readonly isUntraced: boolean;
};
