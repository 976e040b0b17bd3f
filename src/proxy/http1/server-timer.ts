// Hot path.
//
// The one deadline of a connection on which we are asked, and what it is for.

import { Deadline, type Deadlines } from "#base/deadlines.ts";
import { LIMITS, type Limits } from "#base/limits.ts";
import type { CodecTools } from "#proxy/transport/codec-tools.ts";

// head: a head has to come. exchange: nothing, whoever accepted the request has its own limits.
// idle: between exchanges. linger: what comes is dropped, until this is over.
export type Waiting = "head" | "exchange" | "idle" | "linger";

export class ServerTimer {
  readonly #deadlines: Deadlines;
  readonly #limits: Limits;
  readonly #deadline: Deadline;
  #waiting: Waiting = "exchange";
  #lingers = 0;

  constructor({ deadlines, limits }: CodecTools, expire: () => void) {
    this.#deadlines = deadlines;
    this.#limits = limits.current;
    this.#deadline = new Deadline(expire);
  }

  get waiting(): Waiting {
    return this.#waiting;
  }

  // False when it has been called for long enough.
  lingerOn(): boolean {
    this.wait("linger");
    return ++this.#lingers < this.#limits.downstreamIdleMs / LIMITS.lingerMs;
  }

  // Starts anew, also if it waits for the same already.
  wait(what: Waiting): void {
    this.#waiting = what;
    if (what === "exchange") this.#deadlines.clear(this.#deadline);
    else this.#deadlines.set(this.#deadline, this.#delayMs(what));
  }

  #delayMs(what: Exclude<Waiting, "exchange">): number {
    if (what === "linger") return LIMITS.lingerMs;
    return what === "head" ? this.#limits.headTimeoutMs : this.#limits.downstreamIdleMs;
  }
}
