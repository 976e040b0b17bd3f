// The admin API and the dashboard, over HTTP on one port. See #api/admin-paths.ts for what it
// offers and Gate for who may ask.

import type { AddressInfo } from "node:net";
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from "fastify";
import { API_ERROR_STATUS, type ApiError } from "#api/api-error.ts";
import type { Role, Session } from "#api/session.ts";
import type { Clock } from "#base/clock.ts";
import { LIMITS } from "#base/limits.ts";
import type { Log } from "#base/log.ts";
import type { AdminBackend } from "./admin-backend.ts";
import { errorOf } from "./admin-error.ts";
import type { AdminTokens } from "./admin-tokens.ts";
import { adminView } from "./admin-view.ts";
import { Gate, isApiPath } from "./gate.ts";
import { giveError } from "./give.ts";
import { LoginCodes } from "./login-codes.ts";
import type { NewSecret } from "./new-secret.ts";
import { plainPage } from "./plain-page.ts";
import { registerActions } from "./register-actions.ts";
import { registerDocuments } from "./register-documents.ts";
import { registerPages } from "./register-pages.ts";
import { registerQueries } from "./register-queries.ts";
import { registerTap } from "./register-tap.ts";
import { registerTraffic } from "./register-traffic.ts";
import { SECURITY_HEADERS } from "./security-headers.ts";
import { Sessions } from "./sessions.ts";
import type { StaticFiles } from "./static-files.ts";
import { ViewStream } from "./view-stream.ts";

declare module "fastify" {
  interface FastifyRequest {
    weftSession: Session | undefined;
  }
  interface FastifyContextConfig {
    // Who may ask: a role, or "nobody" for the way in. Everything else wants role write.
    readonly role?: Role | "nobody";
  }
}

export type AdminApiOptions = {
  readonly clock: Clock;
  readonly log: Log;
  readonly newSecret: NewSecret;
  readonly tokens: AdminTokens;
  readonly dashboard: StaticFiles;
  // Those who ask come through a port that is forwarded on their own machine, whichever it is.
  readonly isForwarded?: true;
};

// With a descriptor: an inherited socket that is bound already.
export type AdminListenOn = {
  readonly address: string;
  readonly port: number;
  readonly descriptor?: number;
};

export class AdminApi {
  readonly #app: FastifyInstance;
  readonly #gate: Gate;
  readonly #views: ViewStream;
  readonly #loginCodes: LoginCodes;
  readonly #log: Log;

  constructor(backend: AdminBackend, options: AdminApiOptions) {
    const { clock, newSecret, tokens } = options;
    const sessions = new Sessions(clock, tokens.write, newSecret);
    this.#log = options.log;
    this.#gate = new Gate(tokens, sessions, options.isForwarded === true);
    this.#views = new ViewStream(clock, () => adminView(backend, clock.wallMs()));
    this.#loginCodes = new LoginCodes(clock, newSecret);
    this.#app = newApp();
    this.#app.decorateRequest("weftSession", undefined);
    this.#app.addHook("onRequest", (request, reply, done) => {
      if (this.#admit(request, reply)) done();
    });
    this.#app.setErrorHandler((error, request, reply) => this.#fail(error, request, reply));
    this.#app.setNotFoundHandler((request, reply) => notFound(request, reply));
    registerQueries(this.#app, backend);
    registerTraffic(this.#app, backend, clock);
    registerActions(this.#app, backend, this.#loginCodes);
    registerDocuments(this.#app, backend);
    registerTap(this.#app, backend, this.#log);
    registerPages(this.#app, {
      loginCodes: this.#loginCodes,
      sessions,
      views: this.#views,
      files: options.dashboard,
    });
  }

  // Where it listens then. Rejects with the system's error where it can't.
  async listen(on: AdminListenOn): Promise<{ readonly address: string; readonly port: number }> {
    await this.#app.ready();
    const { server } = this.#app;
    server.maxConnections = LIMITS.adminConnectionsMax;
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      const { address, port, descriptor } = on;
      server.listen(descriptor === undefined ? { host: address, port } : { fd: descriptor }, () => {
        server.off("error", reject);
        resolve();
      });
    });
    const { address, port } = server.address() as AddressInfo;
    this.#gate.listensOn(address, port);
    return { address, port };
  }

  // How many pages watch live.
  get listeners(): number {
    return this.#views.listeners;
  }

  async close(): Promise<void> {
    this.#views.close();
    await this.#app.close();
  }

  // True, or it has answered.
  #admit(request: FastifyRequest, reply: FastifyReply): boolean {
    reply.headers(SECURITY_HEADERS);
    const { method, headers } = request;
    const misplaced = this.#gate.admitPlace({ method, headers });
    if (misplaced) return refuse(request, reply, misplaced);
    const role = request.routeOptions.config.role ?? "write";
    if (role === "nobody") return true;
    const admission = this.#gate.admit({ method, headers, role });
    if (admission.kind === "error") return refuse(request, reply, admission.error);
    request.weftSession = admission.value;
    return true;
  }

  #fail(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
    const told = errorOf(error);
    if (told.code === "failed") {
      const stack = error instanceof Error ? error.stack : String(error);
      this.#log.error("the admin API failed", { path: request.routeOptions.url, stack });
    }
    return giveError(reply, told);
  }
}

function newApp(): FastifyInstance {
  const app = fastify({
    logger: false,
    bodyLimit: LIMITS.adminBodyBytesMax,
    requestTimeout: LIMITS.adminRequestTimeoutMs,
    http: { headersTimeout: LIMITS.adminHeadTimeoutMs },
    forceCloseConnections: true,
    exposeHeadRoutes: false,
    // A path that can't be decoded comes past every hook.
    frameworkErrors: (error, _, reply) => {
      reply.headers(SECURITY_HEADERS);
      giveError(reply as FastifyReply, errorOf(error));
    },
    // Types are as said, and nothing is dropped in silence.
    ajv: { customOptions: { coerceTypes: false, removeAdditional: false, useDefaults: false } },
  });
  app.removeContentTypeParser("text/plain");
  return app;
}

function refuse(request: FastifyRequest, reply: FastifyReply, error: ApiError): false {
  if (error.code === "unauthenticated" && !isApiPath(request.url)) {
    const page = plainPage("You aren't logged in.", "");
    reply.code(API_ERROR_STATUS[error.code]).type("text/html; charset=utf-8").send(page);
  } else {
    giveError(reply, error);
  }
  return false;
}

function notFound({ method }: FastifyRequest, reply: FastifyReply): FastifyReply {
  const error: ApiError = {
    code: "not-found",
    message: `Cannot ${method} this: there is no such path`,
    remedy: null,
  };
  return giveError(reply, error);
}
