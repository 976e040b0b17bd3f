// Seconds of a mesh's past, to test with.

import { deltaOf, keyOf, REVIEWS, WEB } from "#control/reports/report-fixture.ts";
import { seriesKeyText } from "#snapshot/series-key-text.ts";
import { encodeBlock } from "./history-block.ts";
import type { HistoryBook, HistorySecond } from "./history-book.ts";
import { proxyText } from "./history-names.ts";

// A Monday at noon.
export const NOON_MS = Date.UTC(2026, 10, 30, 12);

const OUTBOUND = 0;
const INBOUND = 2;
const WEB_PROXY = 1;
const REVIEWS_PROXY = 3;

// web asks reviews-v1, `requests` times, each side as its proxy tells it.
export function secondOf(
  startMs: number,
  { requests = 10, failures = 0, ms = 10, inFlight = 1 } = {},
): HistorySecond {
  const { latency } = deltaOf(keyOf(), { successes: requests, ms });
  const counts = { successes: requests - failures, failures, retries: 0, inFlight };
  const series = { ...counts, requestBytes: 100, responseBytes: 1000, latency: latency.flat() };
  const usage = { cpuMs: 20, memoryBytes: 50 * 2 ** 20, connectionsOpen: 3 };
  return {
    startMs,
    named: [
      [OUTBOUND, seriesKeyText(keyOf())],
      [INBOUND, seriesKeyText(keyOf({ reporter: "destination" }))],
      [WEB_PROXY, proxyText(WEB)],
      [REVIEWS_PROXY, proxyText(REVIEWS)],
    ],
    gone: [],
    block: encodeBlock({
      series: requests === 0 ? [] : [OUTBOUND, INBOUND].map((name) => ({ name, ...series })),
      processes: [WEB_PROXY, REVIEWS_PROXY].map((name) => ({ name, ...usage })),
    }),
  };
}

export function noteSeconds(book: HistoryBook, fromMs: number, seconds: number, of = {}): void {
  for (let i = 0; i < seconds; i++) book.note(secondOf(fromMs + i * 1000, of));
}
