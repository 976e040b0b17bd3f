// Brings each snapshot to the proxies that it concerns: those first whose inbound side changes, so
// that no request meets a workload that does not know yet what its callers know already.

import type { Clock } from "#base/clock.ts";
import type { Log } from "#base/log.ts";
import { type SnapshotChange, snapshotChange } from "#compile/snapshot-change.ts";
import type { DownMessage, Hello } from "#snapshot/messages.ts";
import type { Snapshot } from "#snapshot/snapshot.ts";
import { Session } from "./session.ts";
import { Subscriptions } from "./subscriptions.ts";

// How long outbound proxies wait for a slow inbound one.
const INBOUND_FIRST_MS = 500;

export class Distributor {
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #sessions = new Set<Session>();
  readonly #workloads = new Subscriptions<Session>();
  readonly #plans = new Subscriptions<Session>();
  readonly #labels = new Subscriptions<Session>();
  #newest: Snapshot;
  // Some proxies know it, and it is on its way to all.
  #published: Snapshot;
  // Every proxy that it concerns has been told of it.
  #released: Snapshot;
  #awaited: Set<Session> = new Set();
  #proceed: () => void = () => {};
  #isPublishing = false;

  constructor(first: Snapshot, clock: Clock, log: Log) {
    this.#newest = first;
    this.#published = first;
    this.#released = first;
    this.#clock = clock;
    this.#log = log;
  }

  get snapshot(): Snapshot {
    return this.#newest;
  }

  get sessions(): readonly Session[] {
    return [...this.#sessions];
  }

  // Does a proxy of the workload ("namespace/name") talk to us?
  has(key: string): boolean {
    return this.#workloads.has(key);
  }

  open(hello: Hello, send: (message: DownMessage) => void): Session {
    const circle = {
      ...{ clock: this.#clock, plans: this.#plans, labels: this.#labels },
      snapshotFor: (revision: number) => this.#snapshotFor(revision),
    };
    const session = new Session(hello, this.#published.revision, circle, send);
    this.#sessions.add(session);
    this.#workloads.add(session.key, session);
    return session;
  }

  close(session: Session): void {
    session.close();
    this.#sessions.delete(session);
    this.#workloads.remove(session.key, session);
    this.#settle(session);
  }

  acknowledge(session: Session, revision: number): void {
    session.answered(revision);
    if (session.isUpToDate) this.#settle(session);
  }

  refuse(session: Session, revision: number, reason: string): void {
    this.#log.error("A proxy refused a revision and goes on with the one before", {
      proxy: session.key,
      revision,
      reason,
    });
    session.answered(undefined);
    this.#settle(session);
  }

  // A newer snapshot may come while proxies are told of the last: then they hear of the newest.
  publish(snapshot: Snapshot): void {
    this.#newest = snapshot;
    if (!this.#isPublishing) void this.#publish();
  }

  async #publish(): Promise<void> {
    this.#isPublishing = true;
    do {
      const snapshot = this.#newest;
      const change = snapshotChange(this.#released, snapshot);
      this.#published = snapshot;
      const first = [...this.#workloads.of(change.inbound)];
      this.#install(first, snapshot, change);
      await this.#acknowledgedBy(first);
      this.#released = snapshot;
      // Who has asked for something meanwhile was answered from the one before.
      this.#install([...first, ...this.#plans.of(change.plans)], snapshot, change);
      this.#install([...this.#whoseKeysChange(change)], snapshot, change);
    } while (this.#released !== this.#newest);
    this.#isPublishing = false;
  }

  #install(sessions: readonly Session[], snapshot: Snapshot, change: SnapshotChange): void {
    const wide = this.#whoseKeysChange(change);
    for (const session of sessions) {
      if (!this.#sessions.has(session)) continue;
      session.install(snapshot, wide.has(session) ? undefined : change.plans);
    }
  }

  #whoseKeysChange({ labels, viewers }: SnapshotChange): ReadonlySet<Session> {
    if (labels === "all") return new Set(this.#sessions);
    return new Set([...this.#labels.of(labels), ...this.#workloads.of(viewers)]);
  }

  // Nobody holds on to a snapshot: only these two live.
  #snapshotFor(revision: number): Snapshot {
    return revision >= this.#published.revision ? this.#published : this.#released;
  }

  async #acknowledgedBy(sessions: readonly Session[]): Promise<void> {
    const awaited = sessions.filter(
      (session) => this.#sessions.has(session) && !session.isUpToDate,
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
