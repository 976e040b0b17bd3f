// The pages that a proxy itself serves on loopback: /metrics (15020) and health (15021).

import { withoutQuery } from "#base/path-query.ts";
import type { DownstreamStream, RequestAcceptor, RequestEvents } from "#proxy/exchange/exchange.ts";
import type { Failure } from "#proxy/exchange/failure.ts";
import type { RequestHead, ResponseHead } from "#proxy/exchange/heads.ts";
import { refusal } from "./answer.ts";
import type { PieceWriter } from "./piece-writer.ts";

export type StatusPage = {
  readonly status: number;
  readonly type: string;
  // In pieces: made while it is sent.
  readonly body: string | Iterable<string>;
};

type Pages = ReadonlyMap<string, (head: RequestHead) => StatusPage>;

const NOTHING: RequestEvents = { data() {}, end() {}, fail() {}, drained() {} };

export class StatusAcceptor implements RequestAcceptor {
  readonly #pages: Pages;
  readonly #pieces: PieceWriter;

  // By path.
  constructor(pages: Pages, pieces: PieceWriter) {
    this.#pages = pages;
    this.#pieces = pieces;
  }

  request(head: RequestHead, stream: DownstreamStream): RequestEvents {
    const page = this.#pages.get(withoutQuery(head.path));
    const isRead = head.method === "GET" || head.method === "HEAD";
    const { status, type, body } = page && isRead ? page(head) : NOT_FOUND;
    if (typeof body !== "string") {
      return this.#pieces.send(stream, { status, type, body, isHead: head.method === "HEAD" });
    }
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
