// What a browser asks for: the way in, the live events, the dashboard's files.

import type { FastifyInstance, FastifyReply } from "fastify";
import { ADMIN_PATHS } from "#api/admin-paths.ts";
import type { ApiError } from "#api/api-error.ts";
import { withoutQuery } from "#base/path-query.ts";
import { giveError } from "./give.ts";
import type { LoginCodes } from "./login-codes.ts";
import { plainPage } from "./plain-page.ts";
import { LOGIN_QUERY } from "./schemas.ts";
import type { Sessions } from "./sessions.ts";
import type { StaticFiles } from "./static-files.ts";
import type { ViewStream } from "./view-stream.ts";

export type PagesOptions = {
  readonly loginCodes: LoginCodes;
  readonly sessions: Sessions;
  readonly views: ViewStream;
  readonly files: StaticFiles;
};

const READ = { role: "read" } as const;

export function registerPages(app: FastifyInstance, options: PagesOptions): void {
  const { loginCodes, sessions, views, files } = options;

  app.get<{ Querystring: { code?: string } }>(
    ADMIN_PATHS.login,
    { config: { role: "nobody" }, schema: { querystring: LOGIN_QUERY } },
    (request, reply) => {
      const role = loginCodes.redeem(request.query.code ?? "");
      if (!role) return page(reply, 401, "This link has been used, or it is older than a minute.");
      // Not a redirect: to a browser that followed a link it would still come from where the link
      // was, and it would keep the Strict cookie to itself.
      const next = '<meta http-equiv="refresh" content="0;url=/">';
      return reply
        .header("set-cookie", sessions.issue(role))
        .type("text/html; charset=utf-8")
        .send(plainPage("Logged in.", next));
    },
  );

  app.get(ADMIN_PATHS.session, { config: READ }, (request) => request.weftSession);

  app.get(ADMIN_PATHS.events, { config: READ }, (_, reply) => {
    if (views.isFull) return giveError(reply, TOO_MANY);
    reply.hijack();
    views.add(reply.raw);
    return reply;
  });

  app.get("/*", { config: READ }, (request, reply) => {
    const file = files.get(withoutQuery(request.url));
    if (!file) return reply.callNotFound();
    return reply.type(file.contentType).send(file.bytes);
  });
}

const TOO_MANY = {
  code: "too-many-listeners",
  message: "Cannot send events: too many pages listen already",
  remedy: "Close some pages of the dashboard",
} as const satisfies ApiError;

function page(reply: FastifyReply, status: number, text: string): FastifyReply {
  return reply.code(status).type("text/html; charset=utf-8").send(plainPage(text, ""));
}
