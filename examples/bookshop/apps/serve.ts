// The little that the shop's applications share: an HTTP listener on $PORT of $HOST, JSON, errors, an
// orderly end. Nothing here knows that there is a mesh.

import { createServer, type IncomingHttpHeaders, type IncomingMessage } from "node:http";
import type { Audience } from "./audience.ts";
import { UpstreamError } from "./upstream.ts";

export type Call = {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
};

export type Answer = {
  readonly status: number;
  readonly type: string;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
};

// Undefined: there is no such page.
export type Answerer = (call: Call) => Promise<Answer | undefined> | Answer | undefined;

type ErrorPage = (status: number, message: string) => Answer;

type ServeOptions = {
  readonly errorPage?: ErrorPage;
  // Those who ask for a WebSocket.
  readonly audience?: Audience;
};

const BODY_BYTES_MAX = 64 * 1024;
// Longer than any caller keeps an idle connection, so that it is the caller who closes it. The
// other way round, a request now and then meets a connection that is just being closed.
const KEEP_ALIVE_MS = 75_000;
const GRACE_MS = 3000;

export function json(status: number, value: unknown, headers: Record<string, string> = {}): Answer {
  return { status, type: "application/json", body: `${JSON.stringify(value)}\n`, headers };
}

export function serve(name: string, answer: Answerer, options: ServeOptions = {}): void {
  const { errorPage = jsonError, audience } = options;
  const port = Number(process.env["PORT"]);
  if (!Number.isInteger(port) || port < 1 || port > 65_535) {
    process.stderr.write(`${name}: $PORT must say where to listen, and is "${port}"\n`);
    process.exit(2);
  }
  const host = process.env["HOST"] ?? "127.0.0.1";
  const listener = createServer(async (request, response) => {
    const { status, type, body, headers } = await answerTo(request, answer, errorPage);
    response.writeHead(status, {
      "content-type": type,
      "content-length": Buffer.byteLength(body),
      ...headers,
    });
    response.end(request.method === "HEAD" ? "" : body);
  });
  if (audience) listener.on("upgrade", (...asked) => audience.take(...asked));
  listener.keepAliveTimeout = KEEP_ALIVE_MS;
  listener.on("error", (error) => {
    process.stderr.write(`${name}: cannot listen on ${host}:${port}: ${error.message}\n`);
    process.exit(1);
  });
  listener.listen(port, host, () => process.stdout.write(`${name} listens on ${port}\n`));
  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    process.once(signal, () => {
      listener.close(() => process.exit(0));
      listener.closeIdleConnections();
      audience?.end();
      setTimeout(() => process.exit(0), GRACE_MS).unref();
    });
  }
}

async function answerTo(
  request: IncomingMessage,
  answer: Answerer,
  errorPage: ErrorPage,
): Promise<Answer> {
  try {
    const { pathname, searchParams } = new URL(request.url ?? "/", "http://shop");
    if (pathname === "/healthz") return { status: 200, type: "text/plain", body: "ok\n" };
    const body = await readBody(request);
    if (body === undefined) return errorPage(413, "The request is too large");
    const call = { path: pathname, query: searchParams, headers: request.headers, body };
    return (
      (await answer({ method: request.method ?? "GET", ...call })) ??
      errorPage(404, `There is no ${pathname}`)
    );
  } catch (error) {
    if (error instanceof UpstreamError) return errorPage(502, error.message);
    process.stderr.write(`${error instanceof Error ? error.stack : error}\n`);
    return errorPage(500, "The application failed");
  }
}

async function readBody(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request) {
    bytes += chunk.length;
    if (bytes <= BODY_BYTES_MAX) chunks.push(chunk);
  }
  return bytes > BODY_BYTES_MAX ? undefined : Buffer.concat(chunks).toString("utf8");
}

function jsonError(status: number, error: string): Answer {
  return json(status, { error });
}
