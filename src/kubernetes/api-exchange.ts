// One HTTP exchange with the API server, over connections that are kept.

import { type IncomingMessage, Agent as PlainAgent, request as plainRequest } from "node:http";
import { Agent, type RequestOptions, request } from "node:https";
import type { Duplex } from "node:stream";
import type { ClusterAccess, ClusterCredentials } from "./cluster-access.ts";
import { acceptOfKey, newWebSocketKey } from "./web-socket.ts";

export type ApiRequest = {
  readonly method: string;
  readonly path: string; // with its query
  readonly body: string | Uint8Array | undefined;
  readonly contentType: string;
  readonly credentials: ClusterCredentials;
  readonly signal: AbortSignal;
};

export type ApiUpgrade =
  | { readonly kind: "upgraded"; readonly stream: Duplex; readonly head: Buffer }
  | { readonly kind: "refused"; readonly answer: IncomingMessage };

const CONNECTIONS_MAX = 128;
const KEEP_ALIVE_MS = 15_000;

export class ApiExchange {
  readonly #access: ClusterAccess;
  readonly #agent: Agent | PlainAgent;
  readonly #isPlain: boolean;

  constructor(access: ClusterAccess) {
    this.#access = access;
    this.#isPlain = access.server.protocol === "http:";
    const kept = { keepAlive: true, keepAliveMsecs: KEEP_ALIVE_MS, maxSockets: CONNECTIONS_MAX };
    this.#agent = this.#isPlain ? new PlainAgent(kept) : new Agent(kept);
  }

  // Rejects with the system's error. The answer's body has yet to be read.
  open(asked: ApiRequest): Promise<IncomingMessage> {
    const send = this.#isPlain ? plainRequest : request;
    return new Promise((resolve, reject) => {
      const sent = send(this.#options(asked), resolve);
      sent.on("error", reject);
      sent.end(asked.body);
    });
  }

  // Section 4.1 of RFC 6455, over a connection of its own. An answer is a refusal.
  upgrade(asked: ApiRequest, protocol: string): Promise<ApiUpgrade> {
    const send = this.#isPlain ? plainRequest : request;
    const key = newWebSocketKey();
    const options = this.#options(asked);
    const headers = {
      ...options.headers,
      // What answers is no JSON, and an API server is strict about that.
      accept: "*/*",
      connection: "Upgrade",
      upgrade: "websocket",
      "sec-websocket-version": "13",
      "sec-websocket-key": key,
      "sec-websocket-protocol": protocol,
    };
    return new Promise((resolve, reject) => {
      const sent = send({ ...options, headers, agent: false }, (answer) =>
        resolve({ kind: "refused", answer }),
      );
      sent.on("error", reject);
      sent.on("upgrade", ({ headers }, stream, head) => {
        const isOurs = headers["sec-websocket-accept"] === acceptOfKey(key);
        if (isOurs && headers["sec-websocket-protocol"] === protocol) {
          return resolve({ kind: "upgraded", stream, head });
        }
        stream.destroy();
        reject(new Error(`what answers there doesn't speak ${protocol}`));
      });
      sent.end();
    });
  }

  close(): void {
    this.#agent.destroy();
  }

  #options({ method, path, body, contentType, credentials, signal }: ApiRequest): RequestOptions {
    const { server, trust } = this.#access;
    const { authorization, certificate, key } = credentials;
    const prefix = server.pathname.endsWith("/") ? server.pathname.slice(0, -1) : server.pathname;
    return {
      ...{ agent: this.#agent, method, path: prefix + path, signal },
      host: server.hostname.replace(/^\[|\]$/g, ""),
      port: server.port || (this.#isPlain ? 80 : 443),
      headers: {
        accept: "application/json",
        "user-agent": "weft",
        ...(authorization !== undefined && { authorization }),
        ...(body !== undefined && {
          "content-type": contentType,
          "content-length": Buffer.byteLength(body),
        }),
      },
      ...(trust.ca !== undefined && { ca: trust.ca }),
      ...(trust.serverName !== undefined && { servername: trust.serverName }),
      ...(trust.isUnchecked && { rejectUnauthorized: false }),
      ...(certificate !== undefined && { cert: certificate }),
      ...(key !== undefined && { key }),
    };
  }
}
