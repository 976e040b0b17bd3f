// The routes that tell of traffic, now or in the past.

import type { FastifyInstance } from "fastify";
import { ADMIN_PATHS } from "#api/admin-paths.ts";
import type { Answer } from "#api/answer.ts";
import type { ApiError } from "#api/api-error.ts";
import type { HistoryKind } from "#api/history.ts";
import type { StatKind } from "#api/stat-row.ts";
import type { Clock } from "#base/clock.ts";
import type { HistoryQuestion } from "#control/reports/history/answer-history.ts";
import type { AdminBackend } from "./admin-backend.ts";
import { giveError } from "./give.ts";
import { HISTORY_QUERY, STAT_QUERY, TRAFFIC_QUERY } from "./schemas.ts";
import { type Texts, trafficQuery } from "./traffic-query.ts";

const HOUR_MS = 3_600_000;
const LEAST_MS = 1_000;

type Stretch = { readonly fromMs: number; readonly toMs: number };

export function registerTraffic(app: FastifyInstance, backend: AdminBackend, clock: Clock): void {
  const config = { role: "read" } as const;
  // `now`: what holds where no time is named.
  const tell = (
    path: string,
    schema: object,
    past: (query: Texts, stretch: Stretch) => HistoryQuestion,
    now?: (query: Texts) => readonly unknown[],
  ) => {
    const options = { config, schema: { querystring: schema } };
    app.get<{ Querystring: Texts }>(path, options, async ({ query }, reply) => {
      const isNow = query["from"] === undefined && query["to"] === undefined;
      if (now && isNow) return { rows: now(query) };
      const stretch = stretchOf(query, clock.wallMs());
      const answer =
        stretch.kind === "ok" ? await backend.history(past(query, stretch.value)) : stretch;
      if (answer.kind === "ok") return answer.value;
      return giveError(reply, answer.error);
    });
  };
  const statQuery = (query: Texts) => ({
    kind: (query["kind"] ?? "workload") as StatKind, // as the schema has checked
    ...trafficQuery(query),
  });

  tell(
    ADMIN_PATHS.stat,
    STAT_QUERY,
    (query, stretch) => {
      const workloads = backend.workloads();
      return { kind: "stat", query: statQuery(query), workloads, ...stretch };
    },
    (query) => backend.stat(statQuery(query)),
  );
  tell(
    ADMIN_PATHS.edges,
    TRAFFIC_QUERY,
    (query, stretch) => ({ kind: "edges", query: trafficQuery(query), ...stretch }),
    (query) => backend.edges(trafficQuery(query)),
  );
  tell(
    ADMIN_PATHS.routes,
    TRAFFIC_QUERY,
    (query, stretch) => ({ kind: "routes", query: trafficQuery(query), ...stretch }),
    (query) => backend.routes(trafficQuery(query)),
  );
  tell(ADMIN_PATHS.history, HISTORY_QUERY, (query, stretch) => {
    const { namespace, name, stepMs } = query;
    const kind = (query["kind"] ?? "mesh") as HistoryKind; // as the schema has checked
    const step = stepMs === undefined ? undefined : Number(stepMs);
    return { kind: "lines", query: { kind, namespace, name, ...stretch, stepMs: step } };
  });
}

function stretchOf({ from, to, windowMs }: Texts, nowMs: number): Answer<Stretch> {
  const toMs = to === undefined ? nowMs : Math.min(Number(to), nowMs);
  const lengthMs = windowMs === undefined ? HOUR_MS : Number(windowMs);
  const fromMs = from === undefined ? toMs - lengthMs : Number(from);
  if (toMs - fromMs >= LEAST_MS) return { kind: "ok", value: { fromMs, toMs } };
  const error: ApiError = {
    code: "request-invalid",
    message: `Cannot look from ${from} to ${to ?? "now"}: must be a second at least, in the past`,
    remedy: null,
  };
  return { kind: "error", error };
}
