// Ids for requests and traces where the application brought none. They need to be unique, not
// secret.

import type { Random } from "#base/random.ts";
import { RandomTexts } from "#base/random-texts.ts";

// A version 4 UUID, which is what applications expect.
const REQUEST_ID = "xxxxxxxx-xxxx-4xxx-axxx-xxxxxxxxxxxx";
// https://www.w3.org/TR/trace-context/#traceparent-header; not sampled.
const TRACEPARENT = `00-${"x".repeat(32)}-${"x".repeat(16)}-00`;

export class RequestIds {
  readonly #requests: RandomTexts;
  readonly #traces: RandomTexts;

  constructor(random: Random) {
    this.#requests = new RandomTexts(REQUEST_ID, random);
    this.#traces = new RandomTexts(TRACEPARENT, random);
  }

  requestId(): string {
    return this.#requests.take();
  }

  traceparent(): string {
    return this.#traces.take();
  }
}
