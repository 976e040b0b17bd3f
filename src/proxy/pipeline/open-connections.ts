// Connections that are open, so that they can be drained and, in the end, closed; when the process
// runs short of something, those first that are missed least.

import type { Clock } from "#base/clock.ts";

export type OpenConnection = {
  drain(): void;
  destroy(): void;
  // Of those that carry exchanges; all others are left alone.
  readonly usage?: ConnectionUsage;
};

export type ConnectionUsage = {
  // In its whole life; any number that grows with each.
  readonly begun: number;
  // Where many can be open: how many are. Such a connection costs more to replace.
  readonly sharedBy: number;
};

const POLL_MS = 20;

export class OpenConnections {
  // In the order of their age; with what they had begun when it was last asked who is idle.
  readonly #open = new Map<OpenConnection, number>();

  get count(): number {
    return this.#open.size;
  }

  // `make` makes the connection; it calls `closed` later, never from inside.
  add(make: (closed: () => void) => OpenConnection): void {
    const connection = make(() => this.#open.delete(connection));
    this.#open.set(connection, -1);
  }

  // Drains those that have been idle since the last call. How many.
  drainIdle(): number {
    let count = 0;
    for (const [connection, begunBefore] of [...this.#open]) {
      const { usage } = connection;
      if (!usage) continue;
      const { begun, sharedBy } = usage;
      this.#open.set(connection, begun);
      if (sharedBy > 0 || begun !== begunBefore) continue;
      connection.drain();
      count++;
    }
    return count;
  }

  // Drains those that have served, so that none is kept for another exchange. Of those that are
  // shared and in use only the oldest: to make all of them anew would cost more than to keep them.
  drainUsed(): number {
    let count = 0;
    let hasOldest = false;
    for (const connection of [...this.#open.keys()]) {
      const { usage } = connection;
      if (!usage || usage.begun === 0) continue;
      const isInUse = usage.sharedBy > 0;
      if (isInUse && hasOldest) continue;
      hasOldest ||= isInUse;
      connection.drain();
      count++;
    }
    return count;
  }

  // Lets what is open finish, and closes the rest after `graceMs`.
  async drain(clock: Clock, graceMs: number): Promise<void> {
    for (const connection of [...this.#open.keys()]) connection.drain();
    const untilMs = clock.nowMs() + graceMs;
    while (this.#open.size > 0 && clock.nowMs() < untilMs) {
      await new Promise<void>((resolve) => void clock.after(POLL_MS, resolve));
    }
    this.destroy();
  }

  destroy(): void {
    for (const connection of [...this.#open.keys()]) connection.destroy();
  }
}
