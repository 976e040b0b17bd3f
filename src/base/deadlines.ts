// A coarse timer wheel: thousands of deadlines, one timer, and none while nothing is pending.
//
// A `setTimeout` per request costs 500 ns; entering and leaving a list costs 20. Deadlines fire up
// to one resolution late, never early. A deadline further away than one turn stays in its slot and
// is passed over until its time has come.

import type { Clock, Timer } from "./clock.ts";

const RESOLUTION_MS = 10;
const SLOTS = 512;

export class Deadline {
  readonly expire: () => void;
  atMs = 0;
  slot = -1;
  next: Deadline | undefined = undefined;
  previous: Deadline | undefined = undefined;

  constructor(expire: () => void) {
    this.expire = expire;
  }

  get isSet(): boolean {
    return this.slot >= 0;
  }
}

export class Deadlines {
  readonly #clock: Clock;
  readonly #heads: (Deadline | undefined)[] = new Array(SLOTS).fill(undefined);
  #pending = 0;
  #tick = 0;
  #timer: Timer | undefined;
  #timerTick = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#tick = this.#tickOf(clock.nowMs());
  }

  get pending(): number {
    return this.#pending;
  }

  // Sets or moves a deadline to `delayMs` from now.
  set(deadline: Deadline, delayMs: number): void {
    if (deadline.slot >= 0) this.#unlink(deadline);
    const nowMs = this.#clock.nowMs();
    if (this.#pending === 0) this.#tick = this.#tickOf(nowMs);
    deadline.atMs = nowMs + delayMs;
    const tick = Math.max(this.#tick + 1, Math.ceil(deadline.atMs / RESOLUTION_MS));
    this.#link(deadline, tick % SLOTS);
    this.#arm(Math.min(tick, this.#tick + SLOTS));
  }

  clear(deadline: Deadline): void {
    if (deadline.slot >= 0) this.#unlink(deadline);
  }

  #arm(tick: number): void {
    if (this.#timer && this.#timerTick <= tick) return;
    this.#timer?.cancel();
    this.#timerTick = tick;
    const delayMs = Math.max(1, tick * RESOLUTION_MS - this.#clock.nowMs());
    this.#timer = this.#clock.after(delayMs, () => this.#turn());
  }

  #turn(): void {
    this.#timer = undefined;
    const nowMs = this.#clock.nowMs();
    const last = this.#tickOf(nowMs);
    const turns = Math.min(last - this.#tick, SLOTS);
    for (let i = 1; i <= turns; i++) this.#expireSlot((this.#tick + i) % SLOTS, nowMs);
    this.#tick = Math.max(this.#tick, last);
    if (this.#pending > 0) this.#arm(this.#nextTick());
  }

  #expireSlot(slot: number, nowMs: number): void {
    let deadline = this.#heads[slot];
    while (deadline) {
      // What runs may clear any other deadline, so the walk starts anew after each.
      if (deadline.atMs <= nowMs) {
        this.#unlink(deadline);
        deadline.expire();
        deadline = this.#heads[slot];
      } else {
        deadline = deadline.next;
      }
    }
  }

  #nextTick(): number {
    for (let i = 1; i < SLOTS; i++) {
      if (this.#heads[(this.#tick + i) % SLOTS]) return this.#tick + i;
    }
    return this.#tick + SLOTS;
  }

  #link(deadline: Deadline, slot: number): void {
    const head = this.#heads[slot];
    deadline.slot = slot;
    deadline.next = head;
    deadline.previous = undefined;
    if (head) head.previous = deadline;
    this.#heads[slot] = deadline;
    this.#pending++;
  }

  #unlink(deadline: Deadline): void {
    if (deadline.previous) deadline.previous.next = deadline.next;
    else this.#heads[deadline.slot] = deadline.next;
    if (deadline.next) deadline.next.previous = deadline.previous;
    deadline.slot = -1;
    deadline.next = undefined;
    deadline.previous = undefined;
    this.#pending--;
  }

  #tickOf(ms: number): number {
    return Math.floor(ms / RESOLUTION_MS);
  }
}
