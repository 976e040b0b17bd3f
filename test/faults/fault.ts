// One fault at one place: "read 12 error" is the 12th time that a proxy reads anything.

import type { Clock } from "#base/clock.ts";
import { LIMITS } from "#base/limits.ts";
import type { VirtualTime } from "./virtual-time.ts";

export const FAULT_KINDS = {
  // The connection breaks; it ends; its bytes come one by one; nothing comes any more; the process
  // sleeps for longer than any timeout.
  read: ["error", "end", "bytes", "stall", "sleep"],
  // It breaks; the peer never reads again; the peer reads on after a while.
  write: ["error", "stall", "slow"],
  // It fires late; or at once, with all that was due by then.
  timer: ["late", "leap"],
  dial: ["refused", "timeout", "slow"],
} as const;

export type FaultPlace = keyof typeof FAULT_KINDS;
export type FaultKind = (typeof FAULT_KINDS)[FaultPlace][number];
export type Fault = {
  readonly place: FaultPlace;
  readonly number: number;
  readonly kind: FaultKind;
};

// Longer than every timeout of a proxy.
export const STALL_MS = 400_000;
const LATE_MS = 30_000;
const NEVER_MS = 100 * STALL_MS;

// Counts the places that a run comes by, and says where the fault is.
export class Faults {
  readonly counts: Record<FaultPlace, number> = { read: 0, write: 0, timer: 0, dial: 0 };
  readonly #faults: readonly Fault[];
  #isCounting = false;
  hasBegun = false;

  constructor(faults: readonly Fault[]) {
    this.#faults = faults;
  }

  // What happens before and afterwards is left in peace.
  count(isCounting: boolean): void {
    this.#isCounting = isCounting;
    this.hasBegun = true;
  }

  next(place: FaultPlace): FaultKind | undefined {
    if (!this.#isCounting) return undefined;
    const number = ++this.counts[place];
    return this.#faults.find((fault) => fault.place === place && fault.number === number)?.kind;
  }
}

// The clock of the proxies.
export function faultyClock(time: VirtualTime, faults: Faults): Clock {
  return {
    nowMs: () => time.nowMs(),
    wallMs: () => time.wallMs(),
    after(delayMs, run) {
      // The look at the process, four times a second, which here is the test's.
      const isLook = delayMs === LIMITS.overloadSampleMs && !faults.hasBegun;
      if (isLook) return time.after(NEVER_MS, run);
      const kind = faults.next("timer");
      if (kind === "leap") time.leap(delayMs);
      return time.after(kind === "late" ? delayMs + LATE_MS : kind === "leap" ? 0 : delayMs, run);
    },
  };
}
