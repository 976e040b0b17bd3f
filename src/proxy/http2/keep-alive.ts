// Finds out that a peer is dead while somebody waits for it: a PING after a silence, and the end
// after another. An idle connection is left in peace.

import { Deadline } from "#base/deadlines.ts";
import type { Connection } from "./connection.ts";

export class KeepAlive {
  readonly #connection: Connection;
  readonly #deadline: Deadline;
  #bytesHeard = 0;
  #isAsking = false;

  constructor(connection: Connection) {
    this.#connection = connection;
    this.#deadline = new Deadline(() => this.#check());
  }

  // Streams are open.
  watch(): void {
    if (this.#deadline.isSet) return;
    this.#isAsking = false;
    this.#listen(this.#connection.limits.pingAfterMs);
  }

  stop(): void {
    this.#connection.deadlines.clear(this.#deadline);
  }

  #listen(delayMs: number): void {
    this.#bytesHeard = this.#connection.bytesReceived;
    this.#connection.deadlines.set(this.#deadline, delayMs);
  }

  #check(): void {
    const { table, writer, bytesReceived, limits } = this.#connection;
    if (table.size === 0) return;
    const isSilent = bytesReceived === this.#bytesHeard;
    if (isSilent && this.#isAsking) return this.#connection.destroy();
    this.#isAsking = isSilent;
    if (isSilent) writer.ping();
    this.#listen(isSilent ? limits.pingTimeoutMs : limits.pingAfterMs);
  }
}
