// Live requests. Who watches what is written down: requests are other people's business, and their
// bodies even more, so that those need role write.

import type { FastifyInstance, FastifyRequest } from "fastify";
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

const NO_BODIES = {
  code: "forbidden",
  message: "Cannot show bodies of requests with role read: needs role write",
  remedy: "Watch without bodies, or use the admin-token (`weft dashboard --write` for a browser)",
} as const satisfies ApiError;

export function registerTap(app: FastifyInstance, backend: AdminBackend, log: Log): void {
  app.post<{ Body: TapQuery }>(
    ADMIN_PATHS.tap,
    { config: { role: "read" }, schema: { body: TAP_BODY } },
    (request, reply) => {
      const { body } = request;
      const watcher = watcherOf(request);
      const wantsBodies = body.bodyBytesMax !== undefined;
      if (wantsBodies && watcher.role !== "write") {
        log.warn("Refused to show bodies of requests", watcher);
        return giveError(reply, NO_BODIES);
      }
      let close = (): void => {};
      const opening = backend.tap(body, {
        event: (event) => stream?.event(event),
        untold: (count) => stream?.untold(count),
      });
      if (opening.kind === "full") return giveError(reply, TOO_MANY);
      if (opening.kind === "refused") return giveError(reply, opening.error);
      reply.hijack();
      const stream = new TapStream(reply.raw, () => close());
      const { proxies } = opening;
      const what = wantsBodies ? "requests and their bodies" : "requests";
      log.info(`Somebody watches ${what}`, { ...watcher, proxies });
      close = () => {
        opening.close();
        log.info(`Nobody watches these ${what} any more`, {
          ...watcher,
          events: stream.told,
          ...(wantsBodies && { bodies: stream.bodiesTold }),
        });
      };
      return reply;
    },
  );
}

// As far as we know who it is: the role, by which way it was shown, and from where.
function watcherOf({ body, headers, socket, weftSession }: FastifyRequest) {
  return {
    role: weftSession!.role,
    by: headers.authorization === undefined ? "session" : "token",
    from: `${socket.remoteAddress}:${socket.remotePort}`,
    query: JSON.stringify(body),
  };
}
