// Hot path.
//
// Which endpoint a request gets, where a document says more of that than the mesh's own way.

import type { Random } from "#base/random.ts";
import type { Balancer } from "#proxy/balancing/balancer.ts";
import type { Headers, RequestHead } from "#proxy/exchange/heads.ts";
import type { Endpoint } from "./endpoint.ts";
import type { SessionPlace } from "./session-place.ts";

// In place of an endpoint's: so much is in flight that the request is refused.
export const FULL = -2;

export class Picker {
  readonly #endpoints: readonly Endpoint[];
  readonly #balancer: Balancer;
  readonly #requestsMax: number;
  readonly #session: SessionPlace | undefined;

  constructor(
    endpoints: readonly Endpoint[],
    balancer: Balancer,
    requestsMax: number,
    session: SessionPlace | undefined,
  ) {
    this.#endpoints = endpoints;
    this.#balancer = balancer;
    this.#requestsMax = requestsMax;
    this.#session = session;
  }

  // FULL, or as a balancer's.
  pick(
    head: RequestHead,
    nowMs: number,
    random: Random,
    tried: readonly Endpoint[] | undefined,
  ): number {
    if (this.#isFull()) return FULL;
    const kept = this.#session === undefined ? -1 : this.#session.pick(head, nowMs, tried);
    return kept >= 0 ? kept : this.#balancer.pick(head, nowMs, random, tried);
  }

  // What the answer of the endpoint that was just picked has to carry, if anything.
  answerHeaders(head: RequestHead, at: number): Headers | undefined {
    if (this.#session !== undefined) return this.#session.answerHeaders(head, at);
    return this.#balancer.answerHeaders?.();
  }

  // Endpoints with limits of their own are one backend's alone, so their loads are its own.
  #isFull(): boolean {
    if (this.#requestsMax === Number.POSITIVE_INFINITY) return false;
    let inFlight = 0;
    for (let i = 0; i < this.#endpoints.length; i++) inFlight += this.#endpoints[i]!.load.inFlight;
    return inFlight >= this.#requestsMax;
  }
}
