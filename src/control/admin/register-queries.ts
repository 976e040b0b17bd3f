// The routes that only tell.

import type { FastifyInstance } from "fastify";
import { ADMIN_PATHS, type Rows } from "#api/admin-paths.ts";
import type { TrafficQuery } from "#api/edge-row.ts";
import type { StatKind } from "#api/stat-row.ts";
import type { AdminBackend } from "./admin-backend.ts";
import { OBJECTS_QUERY, STAT_QUERY, TRAFFIC_QUERY, WORKLOADS_QUERY } from "./schemas.ts";

const WINDOW_MS = 60_000;

type Texts = Readonly<Record<string, string | undefined>>;

export function registerQueries(app: FastifyInstance, backend: AdminBackend): void {
  const config = { role: "read" } as const;
  const tell = (path: string, schema: object, answer: (query: Texts) => unknown) => {
    app.get<{ Querystring: Texts }>(path, { config, schema: { querystring: schema } }, (request) =>
      answer(request.query),
    );
  };
  const nothing = { type: "object", additionalProperties: false };

  tell(ADMIN_PATHS.status, nothing, () => backend.status());
  tell(ADMIN_PATHS.check, nothing, () => backend.check());
  tell(ADMIN_PATHS.diagnostics, nothing, () => rows(backend.diagnostics()));
  tell(ADMIN_PATHS.analysis, nothing, () => rows(backend.analysis()));
  tell(ADMIN_PATHS.workloads, WORKLOADS_QUERY, ({ namespace }) =>
    rows(
      backend.workloads().filter((row) => namespace === undefined || row.namespace === namespace),
    ),
  );
  tell(ADMIN_PATHS.objects, OBJECTS_QUERY, ({ kind, namespace, name }) =>
    rows(backend.objects({ kind, namespace, name })),
  );
  tell(ADMIN_PATHS.edges, TRAFFIC_QUERY, (query) => rows(backend.edges(trafficQuery(query))));
  tell(ADMIN_PATHS.routes, TRAFFIC_QUERY, (query) => rows(backend.routes(trafficQuery(query))));
  tell(ADMIN_PATHS.stat, STAT_QUERY, (query) => {
    const kind = (query["kind"] ?? "workload") as StatKind; // as the schema has checked
    return rows(backend.stat({ kind, ...trafficQuery(query) }));
  });
}

function trafficQuery({ namespace, name, windowMs }: Texts): TrafficQuery {
  return { namespace, name, windowMs: windowMs === undefined ? WINDOW_MS : Number(windowMs) };
}

function rows<Row>(all: readonly Row[]): Rows<Row> {
  return { rows: all };
}
