// Asks `recommendations` over gRPC, as gRPC's libraries do it: HTTP/2 without TLS, over a CONNECT
// tunnel where $http_proxy names a proxy and the address is not of this machine. One connection is
// kept for all calls.

import { type IncomingHttpHeaders, request } from "node:http";
import { type ClientHttp2Session, connect } from "node:http2";
import { connect as dial, type Socket } from "node:net";
import type { Suggestion } from "./books.ts";
import { decodeFields, encodeFields, frameMessage, unframeMessage } from "./protobuf.ts";
import { passedOn } from "./upstream.ts";

const METHOD = "/bookshop.Recommendations/ForBook";
const TIMEOUT_MS = 1000;
const ANSWER_BYTES_MAX = 16 * 1024;

export class Recommender {
  readonly #address: string;
  #session: Promise<ClientHttp2Session> | undefined;

  // Finds its address in $RECOMMENDATIONS_ADDRESS: host:port.
  constructor() {
    this.#address = process.env["RECOMMENDATIONS_ADDRESS"] ?? "";
    if (!/^[^:/\s]+:\d{1,5}$/.test(this.#address)) {
      process.stderr.write("$RECOMMENDATIONS_ADDRESS must say where recommendations is\n");
      process.exit(2);
    }
  }

  // Undefined where there is no answer: a page does without.
  async forBook(
    id: number,
    visitor: IncomingHttpHeaders,
  ): Promise<readonly Suggestion[] | undefined> {
    const session = await this.#connected().catch(() => undefined);
    if (!session) return undefined;
    const wish = frameMessage(encodeFields([{ field: 1, value: id }]));
    const answer = await ask(session, wish, passedOn(visitor));
    return answer && suggestionsOf(answer);
  }

  #connected(): Promise<ClientHttp2Session> {
    if (this.#session) return this.#session;
    const session = this.#connect(() => {
      // The next one may be there already.
      if (this.#session === session) this.#session = undefined;
    });
    this.#session = session;
    return session;
  }

  async #connect(forget: () => void): Promise<ClientHttp2Session> {
    try {
      const socket = await openSocket(this.#address);
      const session = connect(`http://${this.#address}`, { createConnection: () => socket });
      for (const event of ["error", "goaway", "close"]) session.on(event, forget);
      return session;
    } catch (error) {
      forget();
      throw error;
    }
  }
}

function openSocket(address: string): Promise<Socket> {
  const [host = "", port = ""] = address.split(":");
  const proxy = process.env["http_proxy"] ?? "";
  const { promise, resolve, reject } = Promise.withResolvers<Socket>();
  if (proxy === "" || host === "localhost" || host.startsWith("127.")) {
    const socket = dial({ host, port: Number(port), noDelay: true }, () => resolve(socket));
    socket.on("error", reject);
    return promise;
  }
  const { hostname, port: proxyPort, username, password } = new URL(proxy);
  const basic = Buffer.from(`${username}:${password}`).toString("base64");
  const headers = { "proxy-authorization": `Basic ${basic}` };
  const to = { host: hostname, port: proxyPort, method: "CONNECT", path: address, headers };
  const asking = request({ ...to, timeout: TIMEOUT_MS });
  asking.on("connect", ({ statusCode }, socket) => {
    if (statusCode === 200) return resolve(socket as Socket);
    socket.destroy();
    reject(new Error(`the proxy answers ${statusCode}`));
  });
  asking.on("timeout", () => asking.destroy(new Error("the proxy does not answer")));
  asking.on("error", reject);
  asking.end();
  return promise;
}

// The answer's message, if all went well.
function ask(
  session: ClientHttp2Session,
  message: Buffer,
  headers: Readonly<Record<string, string>>,
): Promise<Buffer | undefined> {
  const { promise, resolve } = Promise.withResolvers<Buffer | undefined>();
  if (session.closed || session.destroyed) return Promise.resolve(undefined);
  const stream = session.request({
    ...headers,
    ":method": "POST",
    ":path": METHOD,
    "content-type": "application/grpc+proto",
    te: "trailers",
    "grpc-timeout": `${TIMEOUT_MS}m`,
  });
  const chunks: Buffer[] = [];
  let bytes = 0;
  let status: unknown;
  // Trailers only come as the head.
  for (const event of ["response", "trailers"] as const) {
    stream.on(event, (said: IncomingHttpHeaders) => {
      status = said["grpc-status"] ?? status;
    });
  }
  stream.on("data", (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes <= ANSWER_BYTES_MAX) chunks.push(chunk);
    else stream.close();
  });
  stream.setTimeout(TIMEOUT_MS, () => stream.close());
  stream.on("error", () => {});
  // Always the last event.
  stream.on("close", () => {
    resolve(status === "0" ? unframeMessage(Buffer.concat(chunks)) : undefined);
  });
  stream.end(message);
  return promise;
}

function suggestionsOf(message: Buffer): readonly Suggestion[] | undefined {
  return decodeFields(message)?.flatMap(({ field, value }) => {
    const fields = field === 1 && typeof value !== "number" ? decodeFields(value) : undefined;
    const bookId = fields?.find((one) => one.field === 1)?.value;
    const title = fields?.find((one) => one.field === 2)?.value;
    return typeof bookId === "number" && title instanceof Buffer
      ? [{ bookId, title: title.toString("utf8") }]
      : [];
  });
}
