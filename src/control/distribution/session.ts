// One proxy's control stream: which keys it dials, which plans it holds, and up to which revision
// it has been told. Every message is computed from one snapshot, so an answer to `want` never
// overtakes the revision that the proxy knows.
//
// A proxy that has not answered its last update gets no other until it has: then what all changes
// since come to, in one. So a slow one costs neither memory nor anybody else's time. One that has
// refused an update goes on with what it had, which nobody here knows any more: the next change
// that concerns it comes with everything.

import type { Clock } from "#base/clock.ts";
import { LIMITS } from "#base/limits.ts";
import { labelsOfKey } from "#compile/key-labels.ts";
import { projectInbound, projectOutbound, projectWithId, wholePlanId } from "#compile/project.ts";
import type { Viewer } from "#compile/resolve-key.ts";
import type { DownMessage, Hello, Update } from "#snapshot/messages.ts";
import type { InboundPlan, OutboundPlan } from "#snapshot/plan.ts";
import type { Snapshot } from "#snapshot/snapshot.ts";
import type { Subscriptions } from "./subscriptions.ts";

export type SessionState = {
  readonly key: string; // "namespace/name" of its workload
  readonly version: string;
  readonly metrics: string;
  readonly revision: number; // acknowledged
  readonly plansHeld: number;
};

// What sessions have in common. `snapshotFor`: of a session that was to be told of this revision.
export type SessionCircle = {
  readonly clock: Clock;
  readonly plans: Subscriptions<Session>; // by the id of a whole plan
  readonly labels: Subscriptions<Session>; // by labelsOfKey
  readonly snapshotFor: (revision: number) => Snapshot;
};

export type Holding = {
  readonly revision: number; // that it was told of, or is to be
  readonly keys: readonly { readonly key: string; readonly plan: string | null }[];
  readonly outbound: readonly OutboundPlan[];
  readonly inbound: InboundPlan | undefined;
};

export class Session {
  readonly key: string;
  readonly #viewer: Viewer;
  readonly #self: Pick<Hello, "version" | "metrics" | "workload">;
  readonly #circle: SessionCircle;
  readonly #send: (message: DownMessage) => void;
  // Which plan answers which key; null where nothing does.
  readonly #keys = new Map<string, string | null>();
  readonly #held = new Map<string, string>(); // plan id -> hash
  #watched: ReadonlySet<string> = new Set(); // ids of the whole plans that they are of
  #inboundHash = "";
  #due: number; // the revision that it is to be told of
  #stale: Set<string> | "all" = new Set(); // whole plans that are others since it was told
  #acknowledged: number;
  #unanswered = 0;
  #toldAtMs = 0;
  #isBehind = false;
  #isUnsure = false; // it has refused an update
  readonly #givenUp = new Set<string>(); // plans that it was told to give up, since its last answer
  #keysAllowed: number = LIMITS.keysPerSecondMax;
  #keysCountedAtMs: number;

  constructor(
    hello: Hello,
    revision: number,
    circle: SessionCircle,
    send: (message: DownMessage) => void,
  ) {
    const { version, metrics, workload } = hello;
    this.#self = { version, metrics, workload };
    this.#viewer = { namespace: workload.namespace, workload: workload.name };
    this.key = `${workload.namespace}/${workload.name}`;
    this.#circle = circle;
    this.#send = send;
    this.#due = revision;
    this.#acknowledged = hello.revision;
    this.#keysCountedAtMs = circle.clock.nowMs();
    for (const { id, hash } of hello.held) {
      if (id.startsWith("inbound/")) this.#inboundHash = hash;
      else this.#held.set(id, hash);
    }
    for (const key of hello.keys.slice(0, LIMITS.plansHeldMax)) this.#add(key);
    // It may hold what is older than ours: it gets all keys, and the plans that differ.
    this.#tell(this.#updateTo(this.#snapshot, new Set(this.#keys.keys())));
  }

  get state(): SessionState {
    const { version, metrics } = this.#self;
    const plansHeld = this.#held.size;
    return { key: this.key, version, metrics, revision: this.revisionAcknowledged, plansHeld };
  }

  // What the proxy is to run on. Nothing of it is kept: it is projected again.
  get holding(): Holding {
    const keys = [...this.#keys].map(([key, plan]) => ({ key, plan }));
    const plans = new Map<string, OutboundPlan>();
    for (const { key, plan: id } of keys) {
      if (id === null || plans.has(id)) continue;
      const plan = projectOutbound(this.#snapshot, key, this.#viewer);
      if (plan) plans.set(plan.id, plan);
    }
    const inbound = projectInbound(this.#snapshot, this.#self.workload);
    return { revision: this.#due, keys, outbound: [...plans.values()], inbound };
  }

  // What doesn't concern it needs no answer.
  get revisionAcknowledged(): number {
    return this.isUpToDate
      ? Math.max(this.#acknowledged, this.#snapshot.revision)
      : this.#acknowledged;
  }

  // It has taken all that it was told, and nothing waits to be told.
  get isUpToDate(): boolean {
    return this.#unanswered === 0 && !this.#isBehind && !this.#isUnsure;
  }

  // Tells the proxy what this snapshot has changed for it, now or once it has answered. `plans`:
  // nothing but these whole plans is another, and what its keys mean is the same.
  install({ revision }: Snapshot, plans?: ReadonlySet<string>): void {
    if (revision <= this.#due) return;
    this.#due = revision;
    this.#noteStale(plans);
    const silentMs = this.#circle.clock.nowMs() - this.#toldAtMs;
    if (this.#unanswered > 0 && silentMs < LIMITS.updateAnswerMs) this.#isBehind = true;
    else this.#catchUp();
  }

  want(keys: readonly string[]): void {
    // Also those known already, at the same rate: the proxy asks since it has no answer.
    const asked = keys.filter(() => this.#admitKey());
    for (const key of asked) {
      if (!this.#keys.has(key) && this.#keys.size < LIMITS.plansHeldMax) this.#add(key);
    }
    const known = asked.filter((key) => this.#keys.has(key));
    if (known.length > 0) this.#tell(this.#updateTo(this.#snapshot, new Set(known)));
  }

  drop(keys: readonly string[]): void {
    for (const key of keys) this.#keys.delete(key);
    const used = new Set(this.#keys.values());
    for (const id of this.#held.keys()) if (!used.has(id)) this.#held.delete(id);
    const labels = new Set([...this.#keys.keys()].flatMap((key) => labelsOfKey(key, this.#viewer)));
    for (const label of keys.flatMap((key) => labelsOfKey(key, this.#viewer))) {
      if (!labels.has(label)) this.#circle.labels.remove(label, this);
    }
    this.#watchHeld();
  }

  // It has taken an update, or refused it, where `revision` is undefined.
  answered(revision: number | undefined): void {
    this.#unanswered = Math.max(0, this.#unanswered - 1);
    if (revision === undefined) this.#isUnsure = true;
    else if (!this.#isUnsure) this.#acknowledged = Math.max(this.#acknowledged, revision);
    if (this.isUpToDate) this.#givenUp.clear();
    if (this.#isBehind && this.#unanswered === 0) this.#catchUp();
  }

  close(): void {
    this.drop([...this.#keys.keys()]);
    this.#held.clear();
    this.#watchHeld();
  }

  get #snapshot(): Snapshot {
    return this.#circle.snapshotFor(this.#due);
  }

  #noteStale(plans: ReadonlySet<string> | undefined): void {
    if (!plans || this.#stale === "all") this.#stale = "all";
    else for (const id of this.#watched) if (plans.has(id)) this.#stale.add(id);
  }

  #catchUp(): void {
    this.#isBehind = false;
    const stale = this.#isUnsure ? "all" : this.#stale;
    const asked = this.#isUnsure ? this.#startOver() : new Set<string>();
    this.#stale = new Set();
    const snapshot = this.#snapshot;
    const renewed = stale === "all" ? undefined : this.#renew(snapshot, stale);
    const update = renewed ?? this.#updateTo(snapshot, asked);
    const isNews = update.keys.length + update.plans.length + update.removed.length > 0;
    if (isNews || update.inbound) this.#tell(update);
  }

  // All keys and plans are to be told again.
  #startOver(): ReadonlySet<string> {
    for (const id of [...this.#held.keys(), ...this.#givenUp]) this.#held.set(id, "");
    this.#givenUp.clear();
    this.#inboundHash = "";
    this.#isUnsure = false;
    return new Set(this.#keys.keys());
  }

  #tell(update: Update): void {
    for (const id of update.removed) this.#givenUp.add(id);
    this.#unanswered++;
    this.#toldAtMs = this.#circle.clock.nowMs();
    this.#send(update);
  }

  #add(key: string): void {
    this.#keys.set(key, null);
    for (const label of labelsOfKey(key, this.#viewer)) this.#circle.labels.add(label, this);
  }

  #admitKey(): boolean {
    const nowMs = this.#circle.clock.nowMs();
    const earned = ((nowMs - this.#keysCountedAtMs) / 1000) * LIMITS.keysPerSecondMax;
    this.#keysAllowed = Math.min(LIMITS.keysPerSecondMax, this.#keysAllowed + earned);
    this.#keysCountedAtMs = nowMs;
    if (this.#keysAllowed < 1) return false;
    this.#keysAllowed--;
    return true;
  }

  // Everything that differs between what the proxy holds and `snapshot`; `asked` keys are answered
  // even where nothing has changed.
  #updateTo(snapshot: Snapshot, asked: ReadonlySet<string>): Update {
    const keys: [string, string | null][] = [];
    const plans: OutboundPlan[] = [];
    const used = new Set<string>();
    for (const [key, before] of this.#keys) {
      const plan = projectOutbound(snapshot, key, this.#viewer);
      const id = plan?.id ?? null;
      if (id !== before || asked.has(key)) keys.push([key, id]);
      this.#keys.set(key, id);
      if (!plan || used.has(plan.id)) continue;
      used.add(plan.id);
      if (this.#held.get(plan.id) === plan.hash) continue;
      this.#held.set(plan.id, plan.hash);
      plans.push(plan);
    }
    const removed = [...this.#held.keys()].filter((id) => !used.has(id));
    for (const id of removed) this.#held.delete(id);
    this.#watchHeld();
    return this.#update(snapshot, { keys, plans, removed });
  }

  // What has changed of these whole plans; undefined where one is gone, so that keys mean others.
  #renew(snapshot: Snapshot, stale: ReadonlySet<string>): Update | undefined {
    const plans: OutboundPlan[] = [];
    for (const [id, hash] of stale.size > 0 ? this.#held : []) {
      if (!stale.has(wholePlanId(id))) continue;
      const plan = projectWithId(snapshot, id);
      if (!plan) return undefined;
      if (plan.hash !== hash) plans.push(plan);
    }
    for (const { id, hash } of plans) this.#held.set(id, hash);
    return this.#update(snapshot, { keys: [], plans, removed: [] });
  }

  #update(snapshot: Snapshot, changed: Pick<Update, "keys" | "plans" | "removed">): Update {
    const inbound = projectInbound(snapshot, this.#self.workload);
    const hasNewInbound = inbound !== undefined && inbound.hash !== this.#inboundHash;
    if (hasNewInbound) this.#inboundHash = inbound.hash;
    const { revision } = snapshot;
    return { type: "update", revision, ...changed, inbound: hasNewInbound ? inbound : undefined };
  }

  #watchHeld(): void {
    const { plans } = this.#circle;
    const now = new Set([...this.#held.keys()].map(wholePlanId));
    for (const id of this.#watched) if (!now.has(id)) plans.remove(id, this);
    for (const id of now) if (!this.#watched.has(id)) plans.add(id, this);
    this.#watched = now;
  }
}
