// Hot path.
//
// What one proxy keeps of bodies for those who watch: of so many exchanges at once, and so many
// bytes a second.

import type { Clock } from "#base/clock.ts";
import { LIMITS } from "#base/limits.ts";
import { KeptBody } from "./kept-body.ts";

export type KeptBodies = {
  readonly request: KeptBody;
  readonly response: KeptBody;
  // They have been told, or nobody wants them.
  release(): void;
};

const SECOND_MS = 1000;

export class BodyKeeper {
  bytesPerSecond = 0;
  readonly #clock: Clock;
  #exchanges = 0;
  #secondStartMs = 0;
  #grantedInSecond = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  // For one exchange, `bytesMax` of each direction; undefined: too many are kept.
  open(bytesMax: number): KeptBodies | undefined {
    if (this.#exchanges >= LIMITS.tapBodiesKeptMax) return undefined;
    this.#exchanges++;
    const grant = (wanted: number): number => this.#grant(wanted);
    return {
      request: new KeptBody(bytesMax, grant),
      response: new KeptBody(bytesMax, grant),
      release: () => {
        this.#exchanges--;
      },
    };
  }

  // Nobody wants bodies any more: those that are kept grow no further.
  close(): void {
    this.bytesPerSecond = 0;
  }

  #grant(wanted: number): number {
    const nowMs = this.#clock.nowMs();
    if (nowMs - this.#secondStartMs >= SECOND_MS) {
      this.#secondStartMs = nowMs;
      this.#grantedInSecond = 0;
    }
    const granted = Math.max(0, Math.min(wanted, this.bytesPerSecond - this.#grantedInSecond));
    this.#grantedInSecond += granted;
    return granted;
  }
}
