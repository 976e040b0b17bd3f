// One proxy's control stream: which keys it dials, which plans it holds, and up to which revision
// it has been told. Every message is computed from one snapshot, so an answer to `want` never
// overtakes the revision that the proxy knows.

import type { Clock } from "#base/clock.ts";
import { LIMITS } from "#base/limits.ts";
import { projectInbound, projectOutbound } from "#compile/project.ts";
import type { Viewer } from "#compile/resolve-key.ts";
import type { Ack, DownMessage, Hello, Update } from "#snapshot/messages.ts";
import type { OutboundPlan } from "#snapshot/plan.ts";
import type { Snapshot } from "#snapshot/snapshot.ts";

export type SessionState = {
  readonly key: string; // "namespace/name" of its workload
  readonly version: string;
  readonly metrics: string;
  readonly revision: number; // acknowledged
  readonly plansHeld: number;
};

export class Session {
  readonly namespace: string;
  readonly key: string;
  readonly #viewer: Viewer;
  readonly #hello: Hello;
  readonly #clock: Clock;
  readonly #send: (message: DownMessage) => void;
  // Which plan answers which key; null where nothing does.
  readonly #keys = new Map<string, string | null>();
  readonly #held = new Map<string, string>(); // plan id -> hash
  #inboundHash = "";
  #snapshot: Snapshot;
  #acknowledged: number;
  #keysAllowed: number = LIMITS.keysPerSecondMax;
  #keysCountedAtMs: number;

  constructor(
    hello: Hello,
    snapshot: Snapshot,
    clock: Clock,
    send: (message: DownMessage) => void,
  ) {
    this.#hello = hello;
    this.namespace = hello.workload.namespace;
    this.#viewer = { namespace: this.namespace, workload: hello.workload.name };
    this.key = `${hello.workload.namespace}/${hello.workload.name}`;
    this.#clock = clock;
    this.#send = send;
    this.#snapshot = snapshot;
    this.#acknowledged = hello.revision;
    this.#keysCountedAtMs = clock.nowMs();
    for (const { id, hash } of hello.held) {
      if (id.startsWith("inbound/")) this.#inboundHash = hash;
      else this.#held.set(id, hash);
    }
    for (const key of hello.keys.slice(0, LIMITS.plansHeldMax)) this.#keys.set(key, null);
    // It may hold what is older than ours: it gets all keys, and the plans that differ.
    this.#send(this.#updateTo(snapshot, [...this.#keys.keys()]));
  }

  get state(): SessionState {
    const { version, metrics } = this.#hello;
    const plansHeld = this.#held.size;
    return { key: this.key, version, metrics, revision: this.#acknowledged, plansHeld };
  }

  get revisionSent(): number {
    return this.#snapshot.revision;
  }

  get revisionAcknowledged(): number {
    return this.#acknowledged;
  }

  // What is added reaches inbound proxies first (wire.md): is this one of them?
  wouldChangeInbound(snapshot: Snapshot): boolean {
    const inbound = projectInbound(snapshot, this.#hello.workload);
    return inbound !== undefined && inbound.hash !== this.#inboundHash;
  }

  install(snapshot: Snapshot): void {
    if (snapshot.revision <= this.#snapshot.revision) return;
    const update = this.#updateTo(snapshot, []);
    if (update.keys.length + update.plans.length + update.removed.length > 0 || update.inbound) {
      this.#send(update);
    } else {
      // Nothing that it sees has changed, so there is nothing to wait for.
      this.#acknowledged = snapshot.revision;
    }
  }

  want(keys: readonly string[]): void {
    const admitted = keys.filter((key) => !this.#keys.has(key) && this.#admitKey());
    for (const key of admitted) this.#keys.set(key, null);
    // Also those known already: the proxy asks since it has no answer.
    const asked = keys.filter((key) => this.#keys.has(key));
    if (asked.length > 0) this.#send(this.#updateTo(this.#snapshot, asked));
  }

  drop(keys: readonly string[]): void {
    for (const key of keys) this.#keys.delete(key);
    const used = new Set(this.#keys.values());
    for (const id of this.#held.keys()) if (!used.has(id)) this.#held.delete(id);
  }

  acknowledge({ revision }: Ack): void {
    this.#acknowledged = Math.max(this.#acknowledged, revision);
  }

  #admitKey(): boolean {
    const nowMs = this.#clock.nowMs();
    const earned = ((nowMs - this.#keysCountedAtMs) / 1000) * LIMITS.keysPerSecondMax;
    this.#keysAllowed = Math.min(LIMITS.keysPerSecondMax, this.#keysAllowed + earned);
    this.#keysCountedAtMs = nowMs;
    if (this.#keysAllowed < 1 || this.#keys.size >= LIMITS.plansHeldMax) return false;
    this.#keysAllowed--;
    return true;
  }

  // Everything that differs between what the proxy holds and `snapshot`; `asked` keys are answered
  // even where nothing has changed.
  #updateTo(snapshot: Snapshot, asked: readonly string[]): Update {
    const keys: [string, string | null][] = [];
    const plans: OutboundPlan[] = [];
    const used = new Set<string>();
    for (const [key, before] of this.#keys) {
      const plan = projectOutbound(snapshot, key, this.#viewer);
      const id = plan?.id ?? null;
      if (id !== before || asked.includes(key)) keys.push([key, id]);
      this.#keys.set(key, id);
      if (!plan || used.has(plan.id)) continue;
      used.add(plan.id);
      if (this.#held.get(plan.id) === plan.hash) continue;
      this.#held.set(plan.id, plan.hash);
      plans.push(plan);
    }
    const removed = [...this.#held.keys()].filter((id) => !used.has(id));
    for (const id of removed) this.#held.delete(id);
    const inbound = projectInbound(snapshot, this.#hello.workload);
    const hasNewInbound = inbound !== undefined && inbound.hash !== this.#inboundHash;
    if (hasNewInbound) this.#inboundHash = inbound.hash;
    this.#snapshot = snapshot;
    return {
      type: "update",
      revision: snapshot.revision,
      keys,
      plans,
      removed,
      inbound: hasNewInbound ? inbound : undefined,
    };
  }
}
