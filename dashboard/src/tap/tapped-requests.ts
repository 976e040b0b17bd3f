// Tapped requests as rows, each with what has come of it; the oldest are forgotten.

import type { TappedAnswer, TappedEnd, TappedEvent, TappedRequest } from "#api/tap.ts";

export const ROWS_MAX = 200;

export type TapRow = {
  readonly request: TappedRequest;
  readonly answer: TappedAnswer | undefined;
  readonly end: TappedEnd | undefined;
};

// The newest first.
export function withEvents(
  rows: readonly TapRow[],
  events: readonly TappedEvent[],
): readonly TapRow[] {
  const known = new Map(rows.map((row) => [row.request.id, row]));
  const fresh = new Map<string, TapRow>();
  for (const event of events) {
    if (event.phase === "request") {
      fresh.set(event.id, { request: event, answer: undefined, end: undefined });
      continue;
    }
    const at = fresh.has(event.id) ? fresh : known;
    const row = at.get(event.id);
    // Its beginning was not told, or is forgotten.
    if (!row) continue;
    at.set(event.id, event.phase === "end" ? { ...row, end: event } : { ...row, answer: event });
  }
  return [...[...fresh.values()].reverse(), ...known.values()].slice(0, ROWS_MAX);
}
