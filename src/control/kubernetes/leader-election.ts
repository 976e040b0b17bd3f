// Which replica does what only one may do, by a Lease (coordination.k8s.io/v1), as client-go does
// it: whoever holds it renews it, and whoever has seen it unchanged for its whole duration, by its
// own clock, takes it.

import type { Clock, Timer } from "#base/clock.ts";
import { LIMITS } from "#base/limits.ts";
import type { Log } from "#base/log.ts";
import type { Random } from "#base/random.ts";
import { isGood } from "#kubernetes/api-answer.ts";
import type { ClusterApi } from "#kubernetes/cluster-api.ts";
import type { ObjectMeta } from "#kubernetes/cluster-object.ts";

export type LeaderElectionOptions = {
  readonly api: Pick<ClusterApi, "request">;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly namespace: string;
  readonly name: string; // of the Lease
  readonly identity: string; // this replica's
  readonly changed: (isLeader: boolean) => void;
};

type Lease = {
  readonly metadata: ObjectMeta;
  readonly spec?: {
    readonly holderIdentity?: string;
    readonly leaseDurationSeconds?: number;
    readonly acquireTime?: string;
    readonly renewTime?: string;
    readonly leaseTransitions?: number;
  };
};

export class LeaderElection {
  readonly #options: LeaderElectionOptions;
  #isLeader = false;
  #renewedAtMs = 0;
  // What was seen last, and since when.
  #seen = "";
  #seenAtMs = 0;
  #timer: Timer | undefined;
  #losing: Timer | undefined;
  #isStopped = false;
  #underWay: Promise<void> = Promise.resolve();

  constructor(options: LeaderElectionOptions) {
    this.#options = options;
  }

  get isLeader(): boolean {
    return this.#isLeader;
  }

  start(): void {
    this.#underWay = this.#round();
  }

  // Gives the Lease back, so that another takes over at once.
  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#timer?.cancel();
    await this.#underWay;
    if (!this.#isLeader) return;
    this.#become(false);
    const lease = await this.#read();
    if (lease?.spec?.holderIdentity !== this.#options.identity) return;
    const spec = { ...lease.spec, holderIdentity: "", leaseDurationSeconds: 1 };
    await this.#write({ ...lease, spec });
  }

  async #round(): Promise<void> {
    const { clock, random } = this.#options;
    // As others may see it: when it was asked, not when the answer came.
    const askedAtMs = clock.nowMs();
    const isHeld = await this.#tryToHold();
    if (isHeld) {
      this.#renewedAtMs = askedAtMs;
      this.#become(true);
    }
    this.#loseInTime();
    if (this.#isStopped) return;
    const delayMs = LIMITS.leaseRetryMs * (0.8 + 0.4 * random());
    this.#timer = clock.after(delayMs, () => {
      this.#underWay = this.#round();
    });
  }

  // Who can't renew must have stopped before another begins.
  #loseInTime(): void {
    const { clock } = this.#options;
    this.#losing?.cancel();
    if (!this.#isLeader || this.#isStopped) return;
    const leftMs = this.#renewedAtMs + LIMITS.leaseRenewMs - clock.nowMs();
    this.#losing = clock.after(Math.max(0, leftMs), () => this.#become(false));
  }

  async #tryToHold(): Promise<boolean> {
    const { identity, clock } = this.#options;
    const lease = await this.#read();
    if (lease === undefined) return false;
    const { spec = {} } = lease;
    const isOwn = spec.holderIdentity === identity;
    if (!isOwn && spec.holderIdentity && !this.#hasRunOut(lease)) return false;
    const now = new Date(clock.wallMs()).toISOString().replace("Z", "000Z");
    const changes = (spec.leaseTransitions ?? 0) + (isOwn ? 0 : 1);
    return this.#write({
      ...lease,
      spec: {
        holderIdentity: identity,
        leaseDurationSeconds: LIMITS.leaseMs / 1000,
        acquireTime: isOwn && spec.acquireTime ? spec.acquireTime : now,
        renewTime: now,
        leaseTransitions: changes,
      },
    });
  }

  #hasRunOut({ spec = {} }: Lease): boolean {
    const { clock } = this.#options;
    const seen = `${spec.holderIdentity} ${spec.renewTime}`;
    if (seen !== this.#seen) {
      this.#seen = seen;
      this.#seenAtMs = clock.nowMs();
    }
    const lastsMs = (spec.leaseDurationSeconds ?? 0) * 1000;
    return clock.nowMs() - this.#seenAtMs > lastsMs;
  }

  // Undefined: nobody can tell. One that doesn't exist is one that nobody holds.
  async #read(): Promise<Lease | undefined> {
    const { api, namespace, name, log } = this.#options;
    const { status, body, reason } = await api.request("GET", `${this.#list}/${name}`);
    if (status === 200) return body as Lease;
    if (status === 404) return { metadata: { namespace, name } };
    log.debug("Cannot read the Lease of the leader", { reason });
    return undefined;
  }

  // False: somebody else was faster, or the server is away.
  async #write(lease: Lease): Promise<boolean> {
    const { api, name } = this.#options;
    const body = { apiVersion: "coordination.k8s.io/v1", kind: "Lease", ...lease };
    const isNew = lease.metadata.resourceVersion === undefined;
    const answer = isNew
      ? await api.request("POST", this.#list, body)
      : await api.request("PUT", `${this.#list}/${name}`, body);
    return isGood(answer);
  }

  get #list(): string {
    return `/apis/coordination.k8s.io/v1/namespaces/${this.#options.namespace}/leases`;
  }

  #become(isLeader: boolean): void {
    if (isLeader === this.#isLeader) return;
    this.#isLeader = isLeader;
    const { log, identity, changed } = this.#options;
    log.info(isLeader ? "This replica leads now" : "This replica leads no more", { identity });
    changed(isLeader);
  }
}
