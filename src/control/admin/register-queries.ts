// The routes that only tell what is.

import type { FastifyInstance } from "fastify";
import { ADMIN_PATHS, type Rows } from "#api/admin-paths.ts";
import type { AdminBackend } from "./admin-backend.ts";
import { OBJECTS_QUERY, PROXIES_QUERY, TOP_QUERY, WORKLOADS_QUERY } from "./schemas.ts";
import { type Texts, trafficQuery } from "./traffic-query.ts";

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
  tell(ADMIN_PATHS.changes, nothing, () => rows(backend.changes()));
  tell(ADMIN_PATHS.diagnostics, nothing, () => rows(backend.diagnostics()));
  tell(ADMIN_PATHS.analysis, nothing, () => rows(backend.analysis()));
  tell(ADMIN_PATHS.workloads, WORKLOADS_QUERY, ({ namespace }) =>
    rows(
      backend.workloads().filter((row) => namespace === undefined || row.namespace === namespace),
    ),
  );
  tell(ADMIN_PATHS.proxies, PROXIES_QUERY, ({ namespace, name }) =>
    rows(backend.proxies({ namespace, name })),
  );
  tell(ADMIN_PATHS.objects, OBJECTS_QUERY, ({ kind, namespace, name }) =>
    rows(backend.objects({ kind, namespace, name })),
  );
  tell(ADMIN_PATHS.top, TOP_QUERY, (query) => rows(backend.top(trafficQuery(query))));
}

function rows<Row>(all: readonly Row[]): Rows<Row> {
  return { rows: all };
}
