// What may be asked of the past, and its answers.

import type { PastRows } from "#api/admin-paths.ts";
import type { EdgeQuery, EdgeRow } from "#api/edge-row.ts";
import type { HistoryAnswer, HistoryQuery } from "#api/history.ts";
import type { RouteQuery, RouteRow } from "#api/route-row.ts";
import type { StatQuery, StatRow } from "#api/stat-row.ts";
import type { WorkloadRow } from "#api/workload-row.ts";
import { edgeRows } from "#control/reports/edge-rows.ts";
import { routeRows } from "#control/reports/route-rows.ts";
import { statRows } from "#control/reports/stat-rows.ts";
import type { HistoryBook } from "./history-book.ts";
import { HISTORY_LEVELS, levelFor } from "./history-levels.ts";
import { historyLines } from "./history-lines.ts";
import { HistoryTraffic } from "./history-traffic.ts";

type Stretch = { readonly fromMs: number; readonly toMs: number };

export type HistoryQuestion =
  | { readonly kind: "lines"; readonly query: HistoryQuery }
  | ({
      readonly kind: "stat";
      readonly query: StatQuery;
      readonly workloads: readonly WorkloadRow[];
    } & Stretch)
  | ({ readonly kind: "edges"; readonly query: EdgeQuery } & Stretch)
  | ({ readonly kind: "routes"; readonly query: RouteQuery } & Stretch);

export type HistoryTold =
  | HistoryAnswer
  | PastRows<StatRow>
  | PastRows<EdgeRow>
  | PastRows<RouteRow>;

// What a row adds up may begin and end so much beside the stretch that was asked for.
const EDGE_SHARE = 0.05;

export function answerHistory(
  book: HistoryBook,
  question: HistoryQuestion,
  nowMs: number,
): HistoryTold {
  return book.ask(nowMs, (store) => {
    const known = { sinceMs: store.sinceMs ?? null, notice: book.trouble ?? null };
    if (question.kind === "lines") {
      return { ...historyLines(store, question.query, nowMs), ...known };
    }
    const { fromMs, toMs } = question;
    const level = levelFor(fromMs, nowMs, Math.max((toMs - fromMs) * EDGE_SHARE, 1000));
    const { slotMs } = HISTORY_LEVELS[level]!;
    const span = { fromMs, toMs, slotMs, ...known };
    const traffic = new HistoryTraffic(store, level, fromMs, toMs);
    const windowMs = toMs - fromMs;
    switch (question.kind) {
      case "stat": {
        const { query, workloads } = question;
        return { rows: statRows({ ...query, windowMs }, workloads, traffic), span };
      }
      case "edges":
        return { rows: edgeRows({ ...question.query, windowMs }, traffic), span };
      case "routes":
        return { rows: routeRows({ ...question.query, windowMs }, traffic), span };
    }
  });
}
