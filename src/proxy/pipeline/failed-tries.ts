// Hot path.
//
// The tries of an exchange that came to nothing. Made with the first of them: most exchanges never
// need one.

import type { Attempt } from "./attempt.ts";
import type { Endpoint } from "./endpoint.ts";

export type FailedTry = {
  readonly endpoint: Endpoint;
  readonly sentMs: number; // -1: it never was
  readonly endedMs: number;
  readonly outcome: number | string; // the answer's status, or a failure's code
};

export class FailedTries {
  readonly all: FailedTry[] = [];
  #endpoints: Endpoint[] = [];
  last: Attempt | undefined;

  get count(): number {
    return this.all.length;
  }

  // To be passed over by the next try.
  get endpoints(): readonly Endpoint[] {
    return this.#endpoints;
  }

  add(attempt: Attempt, endedMs: number, outcome: number | string): void {
    const { endpoint, sentMs } = attempt;
    this.last = attempt;
    this.all.push({ endpoint, sentMs, endedMs, outcome });
    this.#endpoints.push(endpoint);
  }

  hasAll(endpoints: readonly Endpoint[]): boolean {
    return endpoints.every((endpoint) => this.#endpoints.includes(endpoint));
  }

  // All may be tried again.
  forgive(): void {
    this.#endpoints = [];
  }
}
