// Brings each snapshot to every proxy: those first whose inbound side changes, so that no request
// meets a workload that does not know yet what its callers know already.

import type { Clock } from "#base/clock.ts";
import type { Log } from "#base/log.ts";
import type { DownMessage, Hello } from "#snapshot/messages.ts";
import type { Snapshot } from "#snapshot/snapshot.ts";
import { Session } from "./session.ts";

// How long outbound proxies wait for a slow inbound one.
const INBOUND_FIRST_MS = 500;

export class Distributor {
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #sessions = new Set<Session>();
  #snapshot: Snapshot;
  #awaited: Set<Session> = new Set();
  #proceed: () => void = () => {};
  #isPublishing = false;

  constructor(first: Snapshot, clock: Clock, log: Log) {
    this.#snapshot = first;
    this.#clock = clock;
    this.#log = log;
  }

  get snapshot(): Snapshot {
    return this.#snapshot;
  }

  get sessions(): readonly Session[] {
    return [...this.#sessions];
  }

  open(hello: Hello, send: (message: DownMessage) => void): Session {
    const session = new Session(hello, this.#snapshot, this.#clock, send);
    this.#sessions.add(session);
    return session;
  }

  close(session: Session): void {
    this.#sessions.delete(session);
    this.#settle(session);
  }

  acknowledge(session: Session, revision: number): void {
    session.acknowledge({ type: "ack", revision });
    if (revision >= this.#snapshot.revision) this.#settle(session);
  }

  refuse(session: Session, revision: number, reason: string): void {
    this.#log.error("A proxy refused a revision and goes on with the one before", {
      proxy: session.key,
      revision,
      reason,
    });
    this.#settle(session);
  }

  // A newer snapshot may come while proxies are told of the last: then they hear of the newest.
  publish(snapshot: Snapshot): void {
    this.#snapshot = snapshot;
    if (!this.#isPublishing) void this.#publish();
  }

  async #publish(): Promise<void> {
    this.#isPublishing = true;
    let published: Snapshot;
    do {
      published = this.#snapshot;
      const first = this.sessions.filter((session) => session.wouldChangeInbound(published));
      for (const session of first) session.install(published);
      await this.#acknowledgedBy(first, published.revision);
      for (const session of this.#sessions) session.install(published);
    } while (published !== this.#snapshot);
    this.#isPublishing = false;
  }

  async #acknowledgedBy(sessions: readonly Session[], revision: number): Promise<void> {
    const awaited = sessions.filter(
      (session) => this.#sessions.has(session) && session.revisionAcknowledged < revision,
    );
    if (awaited.length === 0) return;
    this.#awaited = new Set(awaited);
    await new Promise<void>((resolve) => {
      this.#proceed = resolve;
      this.#clock.after(INBOUND_FIRST_MS, resolve);
    });
    this.#awaited.clear();
  }

  #settle(session: Session): void {
    if (this.#awaited.delete(session) && this.#awaited.size === 0) this.#proceed();
  }
}
