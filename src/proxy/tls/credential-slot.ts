// The credentials that new connections use. Replaced by one assignment; open connections keep
// theirs until they are drained.

import type { Credentials } from "./credentials.ts";

export class CredentialSlot {
  #current: Credentials | undefined;
  readonly #listeners = new Set<(next: Credentials) => void>();

  get current(): Credentials | undefined {
    return this.#current;
  }

  replace(next: Credentials): void {
    this.#current = next;
    for (const listener of this.#listeners) listener(next);
  }

  // Returns how to stop listening.
  onReplace(listener: (next: Credentials) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }
}
