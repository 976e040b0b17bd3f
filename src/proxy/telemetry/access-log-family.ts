// Lines of the access log, and those that its reader was too slow for.

import { alone, counter } from "./metric-family.ts";

export type AccessLogCounts = { readonly lines: number; readonly lost: number };

export function* accessLogFamilies({ lines, lost }: AccessLogCounts): Generator<string> {
  if (lines + lost === 0) return;
  yield* counter("weft_access_log_lines", "Lines written to the access log.", alone(lines));
  const help = "Lines that were not written: the log's reader was too slow, or is gone.";
  yield* counter("weft_access_log_lost", help, alone(lost));
}
