// Connections to one endpoint, whatever they speak: reused last in, first out, so that spare ones
// idle and expire; dialled when requests wait; drained when they are old.

import type { Clock } from "#base/clock.ts";
import { Deadline, type Deadlines } from "#base/deadlines.ts";
import type { Limits } from "#base/limits.ts";
import type { LimitsInForce } from "#base/limits-in-force.ts";
import type { Random } from "#base/random.ts";
import type { ConnectionOwner, UpstreamConnection } from "./exchange.ts";
import type { Failure } from "./failure.ts";

export type PoolOptions = {
  readonly connectionsMax: number;
  // How many exchanges one connection carries, whatever its peer allows.
  readonly slotsPerConnection: number;
  readonly waitingMax: number;
  readonly idleTimeoutMs: number;
  readonly lifeMs: number; // shortened by up to a fifth, so that a crowd does not renew at once
};

export type PoolTools = {
  readonly clock: Clock;
  readonly deadlines: Deadlines;
  readonly random: Random;
  readonly limits: PoolLimits;
};

export type PoolLimits = Pick<LimitsInForce, "current"> & {
  // After so many a connection takes no more.
  readonly exchangesPerConnectionMax?: number | undefined;
};

// Makes one connection. Calls exactly one of the two, later, never from inside the call.
export type Connect = (owner: ConnectionOwner, settled: Settled) => { cancel(): void };

export type Settled = {
  connected(connection: UpstreamConnection): void;
  failed(failure: Failure): void;
};

// Waits for a slot. Once called, it waits no more.
export type Waiter = {
  slotReady(connection: UpstreamConnection): void;
  slotFailed(failure: Failure): void;
};

class Member implements ConnectionOwner {
  readonly #pool: ConnectionPool;
  readonly idle: Deadline;
  readonly life: Deadline;
  connection: UpstreamConnection | undefined;
  isDraining = false;
  taken = 0; // exchanges so far
  // It stands in the pool's list of those that may have a free slot.
  isListed = false;

  constructor(pool: ConnectionPool) {
    this.#pool = pool;
    this.idle = new Deadline(() => this.connection?.drain());
    this.life = new Deadline(() => this.draining());
  }

  slotsChanged(): void {
    this.#pool.slotsChanged(this);
  }

  draining(): void {
    this.isDraining = true;
    this.#pool.retire(this);
  }

  closed(): void {
    this.#pool.retire(this);
  }
}

export class ConnectionPool {
  readonly #connect: Connect;
  readonly #optionsFor: (limits: Limits) => PoolOptions;
  readonly #tools: PoolTools;
  #limits: Limits;
  #optionsNow: PoolOptions;
  // Those that take new exchanges.
  #members: Member[] = [];
  // Of those, all that have a free slot, and some that have none any more; the most recently used
  // last. So taking one costs the same however many are busy.
  readonly #listed: Member[] = [];
  readonly #connecting = new Set<{ cancel(): void }>();
  readonly #waiting: Waiter[] = [];
  #isClosed = false;

  constructor(connect: Connect, optionsFor: (limits: Limits) => PoolOptions, tools: PoolTools) {
    this.#connect = connect;
    this.#optionsFor = optionsFor;
    this.#tools = tools;
    this.#limits = tools.limits.current;
    this.#optionsNow = optionsFor(this.#limits);
  }

  // A pool outlives the limits that it was made with.
  #options(): PoolOptions {
    const limits = this.#tools.limits.current;
    if (limits !== this.#limits) {
      this.#limits = limits;
      this.#optionsNow = this.#optionsFor(limits);
    }
    return this.#optionsNow;
  }

  get connections(): number {
    return this.#members.length;
  }

  // A connection with a free slot, or undefined: then `wait`.
  take(): UpstreamConnection | undefined {
    for (let member = this.#listed.at(-1); member; member = this.#listed.at(-1)) {
      if (this.#hasSlot(member)) {
        this.#tools.deadlines.clear(member.idle);
        member.taken++;
        return member.connection;
      }
      this.#listed.pop();
      member.isListed = false;
    }
    return undefined;
  }

  #hasSlot(member: Member): boolean {
    const { slotsFree, slotsUsed } = member.connection!;
    if (slotsFree === 0 || slotsUsed >= this.#options().slotsPerConnection) return false;
    return !this.#isWorn(member);
  }

  #isWorn({ taken }: Member): boolean {
    const most = this.#tools.limits.exchangesPerConnectionMax;
    return most !== undefined && taken >= most;
  }

  // False where too many wait already.
  wait(waiter: Waiter): boolean {
    if (this.#waiting.length >= this.#options().waitingMax || this.#isClosed) return false;
    this.#waiting.push(waiter);
    this.#dialIfNeeded();
    return true;
  }

  forget(waiter: Waiter): void {
    const at = this.#waiting.indexOf(waiter);
    if (at >= 0) this.#waiting.splice(at, 1);
  }

  // New exchanges get new connections; open ones finish on theirs.
  renew(): void {
    for (const member of [...this.#members]) member.draining();
  }

  // Nobody needs the endpoint any more.
  close(): void {
    this.#isClosed = true;
    for (const connecting of this.#connecting) connecting.cancel();
    this.#connecting.clear();
    this.renew();
    this.#failWaiting({
      code: "no-endpoint",
      side: "proxy",
      retry: "always",
      detail: "The endpoint was removed while the request waited for a connection",
    });
  }

  // By members.
  slotsChanged(member: Member): void {
    const connection = member.connection;
    if (!connection || member.isDraining) return;
    while (this.#waiting.length > 0 && this.#hasSlot(member)) {
      member.taken++;
      this.#waiting.shift()!.slotReady(connection);
    }
    this.#list(member, connection);
    if (connection.slotsUsed > 0) return;
    if (this.#isWorn(member)) return this.retire(member);
    this.#tools.deadlines.set(member.idle, this.#options().idleTimeoutMs);
  }

  // Last in, first out.
  #list(member: Member, connection: UpstreamConnection): void {
    if (member.isListed) {
      if (connection.slotsUsed > 0 || this.#listed.at(-1) === member) return;
      this.#unlist(member);
    } else if (!this.#hasSlot(member)) return;
    member.isListed = true;
    this.#listed.push(member);
  }

  #unlist(member: Member): void {
    const at = member.isListed ? this.#listed.lastIndexOf(member) : -1;
    if (at >= 0) this.#listed.splice(at, 1);
    member.isListed = false;
  }

  retire(member: Member): void {
    this.#tools.deadlines.clear(member.idle);
    this.#tools.deadlines.clear(member.life);
    const at = this.#members.indexOf(member);
    if (at < 0) return;
    this.#members.splice(at, 1);
    this.#unlist(member);
    member.isDraining = true;
    member.connection!.drain();
    this.#dialIfNeeded();
  }

  #dialIfNeeded(): void {
    const { slotsPerConnection, connectionsMax } = this.#options();
    const { exchangesPerConnectionMax = slotsPerConnection } = this.#tools.limits;
    const each = Math.min(slotsPerConnection, exchangesPerConnectionMax);
    const underway = this.#connecting.size * each;
    if (this.#waiting.length <= underway) return;
    if (this.#members.length + this.#connecting.size >= connectionsMax) return;
    this.#dial();
  }

  #dial(): void {
    const member = new Member(this);
    const connecting = this.#connect(member, {
      connected: (connection) => {
        this.#connecting.delete(connecting);
        this.#admit(member, connection);
      },
      failed: (failure) => {
        this.#connecting.delete(connecting);
        this.#failWaiting(failure);
      },
    });
    this.#connecting.add(connecting);
  }

  #admit(member: Member, connection: UpstreamConnection): void {
    member.connection = connection;
    this.#members.push(member);
    const { lifeMs } = this.#options();
    this.#tools.deadlines.set(member.life, lifeMs * (1 - this.#tools.random() / 5));
    this.slotsChanged(member);
    this.#dialIfNeeded();
  }

  // Those that wait now; they may try elsewhere.
  #failWaiting(failure: Failure): void {
    for (const waiter of this.#waiting.splice(0)) waiter.slotFailed(failure);
  }
}
