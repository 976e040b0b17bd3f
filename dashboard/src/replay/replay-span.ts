// How far back a replay goes, and in which steps: as finely as the history has it.

const MINUTE_MS = 60_000;

export type ReplaySpan = {
  readonly name: string; // in addresses
  readonly text: string;
  readonly spanMs: number;
  readonly stepMs: number;
  readonly windowMs: number; // that the figures of a moment are of
};

export const REPLAY_SPANS: readonly ReplaySpan[] = [
  {
    ...{ name: "15m", text: "last 15 minutes, by the second" },
    ...{ spanMs: 15 * MINUTE_MS, stepMs: 1_000, windowMs: 10_000 },
  },
  {
    ...{ name: "6h", text: "last 6 hours, by 15 seconds" },
    ...{ spanMs: 360 * MINUTE_MS, stepMs: 15_000, windowMs: 15_000 },
  },
  {
    ...{ name: "7d", text: "last 7 days, by the minute" },
    ...{ spanMs: 7 * 24 * 60 * MINUTE_MS, stepMs: MINUTE_MS, windowMs: MINUTE_MS },
  },
];

// A moment of the past that somebody looks at.
export type ReplayMoment = { readonly span: ReplaySpan; readonly atMs: number };

// As an address says it; undefined: now.
export function replayMoment(asked: URLSearchParams): ReplayMoment | undefined {
  const atMs = Number(asked.get("at") ?? Number.NaN);
  if (!Number.isSafeInteger(atMs) || atMs <= 0) return undefined;
  const span = REPLAY_SPANS.find(({ name }) => name === asked.get("span")) ?? REPLAY_SPANS[0]!;
  return { span, atMs: onStep(atMs, span) };
}

export function onStep(atMs: number, { stepMs }: ReplaySpan): number {
  return Math.floor(atMs / stepMs) * stepMs;
}

// What the slider reaches over: up to now, or around a moment that was longer ago.
export function replayRange(
  { span, atMs }: ReplayMoment,
  nowMs: number,
): { readonly fromMs: number; readonly toMs: number } {
  const isWithin = atMs >= nowMs - span.spanMs;
  const toMs = onStep(isWithin ? nowMs : atMs + span.spanMs / 2, span);
  return { fromMs: toMs - span.spanMs, toMs };
}
