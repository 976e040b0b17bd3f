// Connections that are open, so that they can be drained and, in the end, closed.

import type { Clock } from "#base/clock.ts";

export type OpenConnection = { drain(): void; destroy(): void };

const POLL_MS = 20;

export class OpenConnections {
  readonly #open = new Set<OpenConnection>();

  get count(): number {
    return this.#open.size;
  }

  // `make` makes the connection; it calls `closed` later, never from inside.
  add(make: (closed: () => void) => OpenConnection): void {
    const connection = make(() => this.#open.delete(connection));
    this.#open.add(connection);
  }

  // Lets what is open finish, and closes the rest after `graceMs`.
  async drain(clock: Clock, graceMs: number): Promise<void> {
    for (const connection of [...this.#open]) connection.drain();
    const untilMs = clock.nowMs() + graceMs;
    while (this.#open.size > 0 && clock.nowMs() < untilMs) {
      await new Promise<void>((resolve) => void clock.after(POLL_MS, resolve));
    }
    this.destroy();
  }

  destroy(): void {
    for (const connection of [...this.#open]) connection.destroy();
  }
}
