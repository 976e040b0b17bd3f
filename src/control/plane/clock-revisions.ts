// Numbers of revisions where several replicas of the control plane give them out: milliseconds
// since 1970, or one more than the last. Whichever replica a proxy turns to next, what that one
// says is most likely newer; where it is not (clocks differ), the proxy tells its own number.

import type { Clock } from "#base/clock.ts";
import type { Revisions } from "./revision-store.ts";

export class ClockRevisions implements Revisions {
  readonly #clock: Pick<Clock, "wallMs">;
  #last = 0;

  constructor(clock: Pick<Clock, "wallMs">) {
    this.#clock = clock;
  }

  next(): number {
    this.#last = Math.max(this.#last + 1, Math.floor(this.#clock.wallMs()));
    return this.#last;
  }

  exceed(revision: number): void {
    this.#last = Math.max(this.#last, revision);
  }
}
