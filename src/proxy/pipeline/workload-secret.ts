// What an application shows on the outbound listener, so that neither another process nor a web
// page borrows its identity: the user part of a proxy's URL, or the first segment of the path.
//
//   Proxy-Authorization: Basic base64("weft:" secret)
//   GET /~secret/reviews.bookshop:9080/reviews/12

import { timingSafeEqual } from "node:crypto";

export class WorkloadSecret {
  readonly #secret: Buffer;

  constructor(secret: string) {
    this.#secret = Buffer.from(secret);
  }

  matches(shown: string): boolean {
    const bytes = Buffer.from(shown, "latin1");
    return bytes.length === this.#secret.length && timingSafeEqual(bytes, this.#secret);
  }

  // RFC 7617 §2.
  matchesBasic(authorization: string): boolean {
    if (authorization.slice(0, 6).toLowerCase() !== "basic ") return false;
    const pair = Buffer.from(authorization.slice(6).trim(), "base64").toString("latin1");
    return this.matches(pair.slice(pair.indexOf(":") + 1));
  }
}
