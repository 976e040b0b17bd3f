// Limits of what proxies report, and of what the control plane makes of it: a part of limits.ts.

const KiB = 1024;
const MiB = 1024 * KiB;

export const REPORT_LIMITS = {
  reportEveryMs: 1_000,
  reportSeldomMs: 15_000,
  reportSeldomAboveProxies: 50,
  reportWatchedMs: 30_000,
  reportsKeptMs: 900_000,
  reportSeriesMax: 10_000,
  reportDeltasMax: 200_000,
  reportProxiesMax: 2_000,
  reportTextMax: 512,
  historySecondsMs: 900_000,
  historyQuartersMs: 21_600_000,
  historyMinutesMs: 604_800_000,
  historyBytesMax: 256 * MiB,
  historyMemoryBytesMax: 16 * MiB,
  historyRetryMs: 60_000,
  historySecondsQueuedMax: 120,
  historyQuestionsMax: 16,
  historyAnswerMs: 10_000,
  historyStepsMax: 1_000,
  historyLinesMax: 50,
  topRowsMax: 500,
  spansQueuedMax: 8_192,
  spansAtOnceMax: 512,
  spansSentEveryMs: 1_000,
  spansAnswerMs: 10_000,
  spansRetryMostMs: 30_000,
  forwardingKeptMs: 600_000,
  forwardingEdgesMax: 10_000,
  requestsKept: 20_000,
  requestsKeptMs: 300_000,
  plansKeptForRequests: 500,
} as const;
