// Hot path.
//
// The one deadline of a connection on which we are asked, and what it is for.

import { Deadline, type Deadlines } from "#base/deadlines.ts";
import { LIMITS } from "#base/limits.ts";

// head: a head has to come. exchange: nothing, whoever accepted the request has its own limits.
// idle: between exchanges. linger: what comes is dropped, until this is over.
export type Waiting = "head" | "exchange" | "idle" | "linger";

const DELAYS_MS: Readonly<Record<Exclude<Waiting, "exchange">, number>> = {
  head: LIMITS.headTimeoutMs,
  idle: LIMITS.downstreamIdleMs,
  linger: LIMITS.lingerMs,
};

const LINGERS_MAX = LIMITS.downstreamIdleMs / LIMITS.lingerMs;

export class ServerTimer {
  readonly #deadlines: Deadlines;
  readonly #deadline: Deadline;
  #waiting: Waiting = "exchange";
  #lingers = 0;

  constructor(deadlines: Deadlines, expire: () => void) {
    this.#deadlines = deadlines;
    this.#deadline = new Deadline(expire);
  }

  get waiting(): Waiting {
    return this.#waiting;
  }

  // False when it has been called for long enough.
  lingerOn(): boolean {
    this.wait("linger");
    return ++this.#lingers < LINGERS_MAX;
  }

  // Starts anew, also if it waits for the same already.
  wait(what: Waiting): void {
    this.#waiting = what;
    if (what === "exchange") this.#deadlines.clear(this.#deadline);
    else this.#deadlines.set(this.#deadline, DELAYS_MS[what]);
  }
}
