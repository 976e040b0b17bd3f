// Connections that are open, so that they can be drained and, in the end, closed; when the process
// runs short of something, those first that are missed least; and each when it has lived its time.

import type { Clock } from "#base/clock.ts";
import { Deadline, type Deadlines } from "#base/deadlines.ts";
import { pause } from "#base/pause.ts";

export type OpenConnection = {
  // Ends when what is open is finished.
  drain(): void;
  // Ends with the next exchange; of those that can't tell their peer before it asks.
  retire?(): void;
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

export type ConnectionLife = {
  readonly clock: Clock;
  readonly deadlines: Deadlines;
  readonly lifeMs: () => number;
};

type Seen = {
  readonly openedMs: number;
  // When it was last asked who is idle.
  begun: number;
  isLeaving: boolean;
};

export class OpenConnections {
  // In the order of their age.
  readonly #open = new Map<OpenConnection, Seen>();
  readonly #life: ConnectionLife | undefined;
  // Of the oldest that hasn't been told to go.
  readonly #oldAge = new Deadline(() => this.#drainOld());
  #isDraining = false;

  // Without `life` they live as long as they like.
  constructor(life?: ConnectionLife) {
    this.#life = life;
  }

  get count(): number {
    return this.#open.size;
  }

  // `make` makes the connection; it calls `closed` later, never from inside.
  add(make: (closed: () => void) => OpenConnection): void {
    const connection = make(() => this.#forget(connection));
    const openedMs = this.#life?.clock.nowMs() ?? 0;
    const seen = { openedMs, begun: -1, isLeaving: false };
    this.#open.set(connection, seen);
    if (this.#life && !this.#oldAge.isSet) this.#awaitOldAge(this.#life, openedMs);
    if (this.#isDraining) this.#dismiss(connection, seen);
  }

  // Drains those that have been idle since the last call. How many.
  drainIdle(): number {
    let count = 0;
    for (const [connection, seen] of [...this.#open]) {
      const { usage } = connection;
      if (!usage) continue;
      const isUnused = usage.sharedBy === 0 && usage.begun === seen.begun;
      seen.begun = usage.begun;
      if (!isUnused) continue;
      connection.drain();
      count++;
    }
    return count;
  }

  // Keeps none for further exchanges. Of those that are shared and in use only the oldest goes: to
  // make all of them anew would cost more than to keep them. How many are told.
  drainUsed(): number {
    let count = 0;
    let hasOldest = false;
    for (const [connection, seen] of [...this.#open]) {
      const { usage } = connection;
      if (!usage || usage.begun === 0) continue;
      const isInUse = usage.sharedBy > 0;
      if (isInUse && hasOldest) continue;
      hasOldest ||= isInUse;
      if (this.#dismiss(connection, seen)) count++;
    }
    return count;
  }

  // Lets what is open finish, and closes the rest after `graceMs`. Who seems idle may have sent
  // something already, so for `patienceMs` it is only told with its next answer.
  async drain(clock: Clock, graceMs: number, patienceMs = 0): Promise<void> {
    const startedMs = clock.nowMs();
    this.#isDraining = true;
    for (const [connection, seen] of [...this.#open]) this.#dismiss(connection, seen);
    await this.#untilEmpty(clock, startedMs + Math.min(patienceMs, graceMs));
    for (const connection of [...this.#open.keys()]) connection.drain();
    await this.#untilEmpty(clock, startedMs + graceMs);
    this.destroy();
  }

  destroy(): void {
    for (const connection of [...this.#open.keys()]) connection.destroy();
  }

  #forget(connection: OpenConnection): void {
    this.#open.delete(connection);
    if (this.#open.size === 0) this.#life?.deadlines.clear(this.#oldAge);
  }

  #awaitOldAge(life: ConnectionLife, openedMs: number): void {
    const ageMs = life.clock.nowMs() - openedMs;
    life.deadlines.set(this.#oldAge, Math.max(0, life.lifeMs() - ageMs));
  }

  #drainOld(): void {
    const life = this.#life!;
    const bornBeforeMs = life.clock.nowMs() - life.lifeMs();
    for (const [connection, seen] of this.#open) {
      if (seen.isLeaving) continue;
      if (seen.openedMs > bornBeforeMs) return this.#awaitOldAge(life, seen.openedMs);
      this.#dismiss(connection, seen);
    }
  }

  // True: it didn't know.
  #dismiss(connection: OpenConnection, seen: Seen): boolean {
    if (seen.isLeaving) return false;
    seen.isLeaving = true;
    if (connection.retire) connection.retire();
    else connection.drain();
    return true;
  }

  async #untilEmpty(clock: Clock, endMs: number): Promise<void> {
    while (this.#open.size > 0 && clock.nowMs() < endMs) {
      await pause(clock, POLL_MS);
    }
  }
}
