// Hot path.
//
// The tries of an exchange that came to nothing. Made with the first of them: most exchanges never
// need one.

import type { Endpoint } from "./endpoint.ts";

export class FailedTries {
  #count = 0;
  #endpoints: Endpoint[] = [];

  get count(): number {
    return this.#count;
  }

  // To be passed over by the next try.
  get endpoints(): readonly Endpoint[] {
    return this.#endpoints;
  }

  add(endpoint: Endpoint): void {
    this.#count++;
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
