// Calls another service of the shop, over connections that are kept, and passes on what belongs to
// the visitor's request: who it is, and which trace it is part of.

import { Agent, type IncomingHttpHeaders, request } from "node:http";

export type Reply = { readonly status: number; readonly body: unknown };

type Outcome = Reply | { readonly error: Error; readonly isStale: boolean };
type Send = {
  readonly method: string;
  readonly path: string;
  readonly headers: Record<string, string>;
  readonly body: string;
};

// The service gave no answer, or failed: we can't do our work either.
export class UpstreamError extends Error {}

const PASSED_ON = [
  "traceparent",
  "tracestate",
  "x-request-id",
  "b3",
  "x-b3-traceid",
  "x-b3-spanid",
  "x-b3-parentspanid",
  "x-b3-sampled",
  "x-b3-flags",
  "end-user",
] as const;

const TIMEOUT_MS = 5000;
const SOCKETS_MAX = 64;

export class Upstream {
  readonly #name: string;
  readonly #url: URL;
  readonly #prefix: string;
  readonly #agent = new Agent({ keepAlive: true, maxSockets: SOCKETS_MAX });

  // Finds its address in WEFT_<NAME>_URL.
  constructor(name: string) {
    const variable = `WEFT_${name.toUpperCase()}_URL`;
    const text = process.env[variable] ?? "";
    if (!URL.canParse(text)) {
      process.stderr.write(`$${variable} must say where ${name} is, and is "${text}"\n`);
      process.exit(2);
    }
    this.#name = name;
    this.#url = new URL(text);
    this.#prefix = this.#url.pathname.replace(/\/+$/, "");
  }

  get(path: string, visitor: IncomingHttpHeaders): Promise<Reply> {
    return this.#call({ method: "GET", path, headers: passedOn(visitor), body: "" });
  }

  post(path: string, visitor: IncomingHttpHeaders, value: unknown): Promise<Reply> {
    const headers = { ...passedOn(visitor), "content-type": "application/json" };
    return this.#call({ method: "POST", path, headers, body: JSON.stringify(value) });
  }

  async #call(send: Send): Promise<Reply> {
    let outcome = await this.#send(send);
    // A kept connection may close just as we use it. To ask again is safe if asking changes nothing.
    if ("error" in outcome && outcome.isStale && send.method === "GET") {
      outcome = await this.#send(send);
    }
    if ("error" in outcome) {
      throw new UpstreamError(`${this.#name} does not answer: ${outcome.error.message}`);
    }
    if (outcome.status >= 500) {
      throw new UpstreamError(`${this.#name} failed with ${outcome.status}`);
    }
    return outcome;
  }

  #send({ method, path, headers, body }: Send): Promise<Outcome> {
    const { promise, resolve } = Promise.withResolvers<Outcome>();
    const outgoing = request(
      {
        agent: this.#agent,
        host: this.#url.hostname,
        port: this.#url.port,
        path: this.#prefix + path,
        method,
        headers: body === "" ? headers : { ...headers, "content-length": Buffer.byteLength(body) },
        timeout: TIMEOUT_MS,
      },
      (incoming) => {
        const chunks: Buffer[] = [];
        incoming.on("data", (chunk: Buffer) => chunks.push(chunk));
        incoming.on("end", () => resolve(replyOf(incoming.statusCode ?? 0, chunks)));
        incoming.on("error", (error) => resolve({ error, isStale: false }));
      },
    );
    outgoing.on("timeout", () => outgoing.destroy(new Error(`no answer in ${TIMEOUT_MS} ms`)));
    outgoing.on("error", (error) => {
      const code = "code" in error ? error.code : "";
      const isBroken = code === "ECONNRESET" || code === "EPIPE";
      resolve({ error, isStale: outgoing.reusedSocket && isBroken });
    });
    outgoing.end(body);
    return promise;
  }
}

function replyOf(status: number, chunks: readonly Buffer[]): Outcome {
  const text = Buffer.concat(chunks).toString("utf8");
  // What failed need not be JSON: a proxy may have answered.
  if (status >= 500) return { status, body: text };
  try {
    return { status, body: JSON.parse(text) };
  } catch {
    return { error: new Error(`status ${status} with something that is not JSON`), isStale: false };
  }
}

export function passedOn(visitor: IncomingHttpHeaders): Record<string, string> {
  return Object.fromEntries(
    PASSED_ON.flatMap((name) => {
      const value = visitor[name];
      return typeof value === "string" ? [[name, value]] : [];
    }),
  );
}
