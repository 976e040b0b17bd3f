// The proxy's side of the control stream: says what it holds and wants, installs what comes, and
// reports: each second, or as seldom as the control plane likes. The stream itself comes and goes;
// what was learned stays.

import type { Clock, Timer } from "#base/clock.ts";
import { LIMITS } from "#base/limits.ts";
import type { Log } from "#base/log.ts";
import type { Random } from "#base/random.ts";
import type { DownMessage, Hello, TapMessage, Update, UpMessage } from "#snapshot/messages.ts";
import type { Report } from "#snapshot/report.ts";
import type { TapWatch } from "#snapshot/tap.ts";
import type { PlanStore } from "./plan-store.ts";

const TICK_MS = LIMITS.reportEveryMs;
// Whatever the control plane says: what waits to be told is bounded by the report.
const REPORT_SELDOM_MOST_MS = 60_000;
const SAVE_AFTER_MS = 200;
const DROP_IDLE_EVERY_MS = 60_000;

// What the feed needs of those who run on plans (the pipeline).
export type PlanHolder = {
  // Throws where the update makes no sense; then the state before goes on.
  install(update: Update): void;
  // Everything that is held, as one update.
  held(): Update;
  dropIdle(): readonly string[];
};

export type PlanFeedOptions = {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly store: PlanStore;
  readonly holder: PlanHolder;
  readonly self: Omit<Hello, "type" | "revision" | "held" | "keys" | "isReady">;
  readonly report: () => Report;
  // Whether more than a report tells would soon wait for it.
  readonly isReportUrgent: () => boolean;
  readonly trusted: (trust: readonly string[]) => void;
  readonly watched: (watches: readonly TapWatch[]) => void;
};

export class PlanFeed {
  readonly #options: PlanFeedOptions;
  #send: ((message: UpMessage) => void) | undefined;
  readonly #unanswered = new Set<string>();
  #isReady = false;
  #ticking: Timer | undefined;
  #reportEveryMs: number = TICK_MS;
  #reportedAtMs = 0;
  #saving: Timer | undefined;
  #droppedAtMs = 0;

  constructor(options: PlanFeedOptions) {
    this.#options = options;
  }

  get isConnected(): boolean {
    return this.#send !== undefined;
  }

  // Before the first connection: what the last run held.
  restore(): void {
    const held = this.#options.store.load();
    if (held) this.#install(held);
  }

  opened(send: (message: UpMessage) => void): void {
    const { holder, self, clock } = this.#options;
    const { revision, keys, plans, inbound } = holder.held();
    const all = inbound ? [...plans, inbound] : plans;
    this.#send = send;
    this.#droppedAtMs = clock.nowMs();
    send({
      type: "hello",
      ...self,
      revision,
      held: all.map(({ id, hash }) => ({ id, hash })),
      keys: [...new Set([...keys.map(([key]) => key), ...this.#unanswered])],
      isReady: this.#isReady,
    });
    this.#reportEveryMs = TICK_MS;
    this.#reportedAtMs = clock.nowMs();
    this.#tickAfter(TICK_MS);
  }

  closed(): void {
    this.#send = undefined;
    this.#options.watched([]);
    this.#ticking?.cancel();
  }

  received(message: DownMessage): void {
    switch (message.type) {
      case "update":
        return this.#update(message);
      case "bundle":
        return this.#options.trusted(message.trust);
      case "watch":
        return this.#options.watched(message.watches);
      case "pace":
        return this.#keepPace(message.reportEveryMs);
      case "notice":
        return this.#options.log.warn(message.message, { code: message.code });
      default:
        // A newer control plane may say more than we know.
        this.#options.log.debug("The control plane said something that this version doesn't know");
    }
  }

  want(key: string): void {
    if (this.#send) this.#send({ type: "want", keys: [key] });
    else this.#unanswered.add(key);
  }

  // Nobody waits for it any more.
  forget(key: string): void {
    this.#unanswered.delete(key);
  }

  // Lost where nobody listens any more.
  tell(told: Omit<TapMessage, "type">): void {
    this.#send?.({ type: "tap", ...told });
  }

  setReady(isReady: boolean): void {
    if (isReady === this.#isReady) return;
    this.#isReady = isReady;
    this.#send?.({ type: "state", isReady });
  }

  // Saves what waits to be saved.
  close(): void {
    this.closed();
    if (this.#saving) this.#save();
  }

  #update(update: Update): void {
    const refusal = this.#install(update);
    if (refusal !== undefined) {
      this.#options.log.error("Cannot install an update; the plans before it go on", {
        revision: update.revision,
        reason: refusal,
      });
      return this.#send?.({ type: "nack", revision: update.revision, reason: refusal });
    }
    this.#send?.({ type: "ack", revision: update.revision });
    this.#saving ??= this.#options.clock.after(SAVE_AFTER_MS, () => this.#save());
  }

  // The reason where it can't.
  #install(update: Update): string | undefined {
    try {
      this.#options.holder.install(update);
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
    for (const [key] of update.keys) this.#unanswered.delete(key);
    return undefined;
  }

  #save(): void {
    this.#saving?.cancel();
    this.#saving = undefined;
    this.#options.store.save(this.#options.holder.held());
  }

  // The whole mesh is told at once: each proxy begins at another moment of the second.
  #keepPace(reportEveryMs: number): void {
    if (!(reportEveryMs >= TICK_MS && reportEveryMs <= REPORT_SELDOM_MOST_MS)) return;
    this.#reportEveryMs = reportEveryMs;
    this.#tickAfter(this.#options.random() * TICK_MS);
  }

  #tickAfter(ms: number): void {
    this.#ticking?.cancel();
    this.#ticking = this.#options.clock.after(ms, () => this.#tick());
  }

  #tick(): void {
    const { clock, isReportUrgent } = this.#options;
    const nowMs = clock.nowMs();
    // Half a tick early is on time.
    const isDue = nowMs - this.#reportedAtMs >= this.#reportEveryMs - TICK_MS / 2;
    if (isDue || isReportUrgent()) this.#report(nowMs);
    if (nowMs - this.#droppedAtMs > DROP_IDLE_EVERY_MS) this.#dropIdle();
    this.#tickAfter(TICK_MS);
  }

  #report(nowMs: number): void {
    this.#reportedAtMs = nowMs;
    this.#send?.({ type: "report", report: this.#options.report() });
  }

  // Only while connected: what is dropped now could not be had again otherwise.
  #dropIdle(): void {
    this.#droppedAtMs = this.#options.clock.nowMs();
    const keys = this.#options.holder.dropIdle();
    if (keys.length > 0) this.#send?.({ type: "drop", keys });
  }
}
