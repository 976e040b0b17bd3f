// Live requests. Who watches what is written down: requests are other people's business.

import type { FastifyInstance } from "fastify";
import { ADMIN_PATHS } from "#api/admin-paths.ts";
import type { ApiError } from "#api/api-error.ts";
import type { TapQuery } from "#api/tap.ts";
import type { Log } from "#base/log.ts";
import type { AdminBackend } from "./admin-backend.ts";
import { giveError } from "./give.ts";
import { TAP_BODY } from "./tap-schema.ts";
import { TapStream } from "./tap-stream.ts";

const TOO_MANY = {
  code: "too-many-listeners",
  message: "Cannot watch requests: too many watch already",
  remedy: "End another `weft tap`, or close some pages of the dashboard",
} as const satisfies ApiError;

export function registerTap(app: FastifyInstance, backend: AdminBackend, log: Log): void {
  app.post<{ Body: TapQuery }>(
    ADMIN_PATHS.tap,
    { config: { role: "read" }, schema: { body: TAP_BODY } },
    (request, reply) => {
      const { body } = request;
      const { role } = request.weftSession!;
      let close = (): void => {};
      const opening = backend.tap(body, {
        event: (event) => stream?.event(event),
        untold: (count) => stream?.untold(count),
      });
      if (opening.kind === "full") {
        return giveError(reply, TOO_MANY);
      }
      reply.hijack();
      const stream = new TapStream(reply.raw, () => close());
      const { proxies } = opening;
      log.info("Somebody watches requests", { role, query: JSON.stringify(body), proxies });
      close = () => {
        opening.close();
        log.info("Nobody watches these requests any more", {
          role,
          query: JSON.stringify(body),
          events: stream.told,
        });
      };
      return reply;
    },
  );
}
