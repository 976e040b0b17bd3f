// Questions that may be answered with an error, and what changes the mesh.

import type { FastifyInstance } from "fastify";
import { ADMIN_PATHS } from "#api/admin-paths.ts";
import type { ExplainRequest } from "#api/explanation.ts";
import type { JoinRequest, LeaveRequest } from "#api/join.ts";
import type { LoginCodeRequest } from "#api/session.ts";
import type { AdminBackend } from "./admin-backend.ts";
import { give } from "./give.ts";
import type { LoginCodes } from "./login-codes.ts";
import {
  EXPLAIN_BODY,
  JOIN_BODY,
  LEAVE_BODY,
  LOGIN_CODE_BODY,
  PAST_QUERY,
  SERVICE_QUERY,
} from "./schemas.ts";

const READ = { role: "read" } as const;
const WRITE = { role: "write" } as const;

export function registerActions(
  app: FastifyInstance,
  backend: AdminBackend,
  loginCodes: LoginCodes,
): void {
  app.post<{ Body: ExplainRequest }>(
    ADMIN_PATHS.explain,
    { config: READ, schema: { body: EXPLAIN_BODY } },
    async (request, reply) => give(reply, await backend.explain(request.body)),
  );
  app.get<{ Querystring: { readonly id: string } }>(
    ADMIN_PATHS.explainPast,
    { config: READ, schema: { querystring: PAST_QUERY } },
    async (request, reply) => give(reply, await backend.explainPast(request.query.id)),
  );
  app.get<{ Querystring: { readonly namespace: string; readonly name: string } }>(
    ADMIN_PATHS.service,
    { config: READ, schema: { querystring: SERVICE_QUERY } },
    async ({ query }, reply) => give(reply, backend.service(query.namespace, query.name)),
  );
  app.post<{ Body: JoinRequest }>(
    ADMIN_PATHS.join,
    { config: WRITE, schema: { body: JOIN_BODY } },
    async (request, reply) => give(reply, await backend.join(request.body)),
  );
  app.post<{ Body: LeaveRequest }>(
    ADMIN_PATHS.leave,
    { config: WRITE, schema: { body: LEAVE_BODY } },
    async (request, reply) => give(reply, await backend.leave(request.body)),
  );
  app.post<{ Body: LoginCodeRequest }>(
    ADMIN_PATHS.loginCodes,
    { config: WRITE, schema: { body: LOGIN_CODE_BODY } },
    async (request) => loginCodes.create(request.body.role ?? "read"),
  );
}
