// The pages that a proxy itself serves on loopback: /metrics (15020) and health (15021).

import type { DownstreamStream, RequestAcceptor, RequestEvents } from "#proxy/exchange/exchange.ts";
import type { Failure } from "#proxy/exchange/failure.ts";
import type { RequestHead, ResponseHead } from "#proxy/exchange/heads.ts";
import { refusal } from "./answer.ts";

export type StatusPage = {
  readonly status: number;
  readonly type: string;
  readonly body: string;
};

const NOTHING: RequestEvents = { data() {}, end() {}, fail() {}, drained() {} };

export class StatusAcceptor implements RequestAcceptor {
  readonly #pages: ReadonlyMap<string, () => StatusPage>;

  // By path.
  constructor(pages: ReadonlyMap<string, () => StatusPage>) {
    this.#pages = pages;
  }

  request(head: RequestHead, stream: DownstreamStream): RequestEvents {
    const query = head.path.indexOf("?");
    const page = this.#pages.get(query < 0 ? head.path : head.path.slice(0, query));
    const isRead = head.method === "GET" || head.method === "HEAD";
    const { status, type, body } = page && isRead ? page() : NOT_FOUND;
    const bytes = Buffer.from(body);
    stream.respond({ status, headers: ["content-type", type], contentLength: bytes.length });
    if (head.method !== "HEAD") stream.write(bytes);
    stream.end();
    return NOTHING;
  }

  refuse(failure: Failure): ResponseHead {
    return refusal(failure);
  }
}

const NOT_FOUND: StatusPage = { status: 404, type: "text/plain", body: "Not found\n" };
