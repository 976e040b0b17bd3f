// Hot path.
//
// A session as one backend of its route sees it: whether a request belongs to one of its endpoints,
// and what the answer tells.

import { isGood } from "#proxy/balancing/is-good.ts";
import type { Headers, RequestHead } from "#proxy/exchange/heads.ts";
import type { Endpoint } from "./endpoint.ts";
import type { RouteSession } from "./route-session.ts";

export class SessionPlace {
  readonly #session: RouteSession;
  readonly #backendIndex: number;
  readonly #endpoints: readonly Endpoint[];

  constructor(session: RouteSession, backendIndex: number, endpoints: readonly Endpoint[]) {
    this.#session = session;
    this.#backendIndex = backendIndex;
    this.#endpoints = endpoints;
  }

  // -1 where the request belongs to none of them, or to one that should be passed over.
  pick(head: RequestHead, nowMs: number, tried: readonly Endpoint[] | undefined): number {
    const seat = this.#session.find(head);
    if (seat === undefined || seat.backendIndex !== this.#backendIndex) return -1;
    return isGood(this.#endpoints[seat.at]!, nowMs, tried) ? seat.at : -1;
  }

  answerHeaders(head: RequestHead, at: number): Headers | undefined {
    return this.#session.answerHeaders(head, this.#backendIndex, at);
  }
}
