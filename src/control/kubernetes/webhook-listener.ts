// Port 15017: where the API server asks about pods that are being made. HTTPS with a certificate
// that can be replaced while connections are open; every wrong request gets a status that says what
// is wrong, and no request can hold more than its bounds of memory or time.

import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { LIMITS } from "#base/limits.ts";
import type { Log } from "#base/log.ts";
import { withoutQuery } from "#base/path-query.ts";

export type WebhookCredentials = { readonly key: string; readonly certificate: string };

export type WebhookAnswer = { readonly status: number; readonly body: unknown };

// `body` is JSON that nobody has checked. Never rejects.
export type Webhook = (body: unknown) => Promise<WebhookAnswer>;

type Failure = { readonly status: number; readonly reason: string };

const PATH = "/inject";

export class WebhookListener {
  readonly #server: Server;
  readonly #log: Log;
  readonly #webhook: Webhook;

  constructor(credentials: WebhookCredentials, webhook: Webhook, log: Log) {
    this.#webhook = webhook;
    this.#log = log;
    const options = {
      ...secureContext(credentials),
      headersTimeout: LIMITS.webhookRequestTimeoutMs,
      requestTimeout: LIMITS.webhookRequestTimeoutMs,
      connectionsCheckingInterval: LIMITS.webhookRequestTimeoutMs / 4,
      handshakeTimeout: LIMITS.webhookRequestTimeoutMs,
    };
    this.#server = createServer(options, (request, answer) => void this.#serve(request, answer));
    this.#server.maxConnections = LIMITS.webhookConnectionsMax;
    this.#server.on("tlsClientError", () => {});
    this.#server.on("error", (error) => {
      log.error("The listener of the webhook failed", { error: String(error) });
    });
  }

  // The port that it got. Rejects with the system's error.
  listen(on: { readonly address: string; readonly port: number }): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#server.once("error", reject);
      this.#server.listen(on.port, on.address, () => {
        this.#server.off("error", reject);
        resolve((this.#server.address() as AddressInfo).port);
      });
    });
  }

  // For connections that are made from now on.
  replace(credentials: WebhookCredentials): void {
    this.#server.setSecureContext(secureContext(credentials));
  }

  // What is being answered ends first.
  close(): Promise<void> {
    return new Promise((resolve) => {
      this.#server.close(() => resolve());
      this.#server.closeIdleConnections();
    });
  }

  async #serve(request: IncomingMessage, answer: ServerResponse): Promise<void> {
    request.on("error", () => {});
    answer.on("error", () => {});
    const failure = wrongRequest(request) ?? (await this.#review(request, answer));
    if (!failure) return;
    const { status, reason } = failure;
    this.#log.warn("Refused a request to the webhook", { status, reason });
    // What is unread of it would be taken for the next one.
    answer.shouldKeepAlive = false;
    send(answer, status, { kind: "Status", apiVersion: "v1", status: "Failure", message: reason });
  }

  async #review(request: IncomingMessage, answer: ServerResponse): Promise<Failure | undefined> {
    const text = await readText(request);
    if (typeof text !== "string") return text;
    let body: unknown;
    try {
      body = JSON.parse(text);
    } catch {
      return { status: 400, reason: "The body is no JSON" };
    }
    const { status, body: answered } = await this.#webhook(body);
    send(answer, status, answered);
    return undefined;
  }
}

function secureContext({ key, certificate }: WebhookCredentials) {
  return { key, cert: certificate, minVersion: "TLSv1.3" } as const;
}

function wrongRequest({ url = "", method, headers }: IncomingMessage): Failure | undefined {
  if (withoutQuery(url) !== PATH)
    return { status: 404, reason: `Found another path, must be ${PATH}` };
  if (method !== "POST") return { status: 405, reason: "Found another method, must be POST" };
  const [type = ""] = (headers["content-type"] ?? "").split(";");
  if (type.trim().toLowerCase() !== "application/json") {
    return { status: 415, reason: "Found another content-type, must be application/json" };
  }
  return Number(headers["content-length"] ?? 0) > LIMITS.webhookBodyBytesMax
    ? TOO_LARGE
    : undefined;
}

const TOO_LARGE: Failure = {
  status: 413,
  reason: `The body has more than ${LIMITS.webhookBodyBytesMax} bytes`,
};

async function readText(request: IncomingMessage): Promise<string | Failure> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of request as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      if (bytes > LIMITS.webhookBodyBytesMax) return TOO_LARGE;
      chunks.push(chunk);
    }
  } catch {
    return { status: 400, reason: "The body came in part" };
  }
  return Buffer.concat(chunks).toString("utf8");
}

function send(answer: ServerResponse, status: number, body: unknown): void {
  if (answer.headersSent || answer.destroyed) return;
  const text = JSON.stringify(body);
  answer.writeHead(status, {
    "content-type": "application/json",
    "content-length": Buffer.byteLength(text),
  });
  answer.end(text);
}
