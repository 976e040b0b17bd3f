// Hot path.
//
// Answers on their way into the histograms of their outcomes: sorted in some at once, since what
// does it has to be fetched into the processor's caches again by the time of the next answer.

import type { Outcome } from "./outcome.ts";

const HELD_MAX = 32;
// Duration, first byte, bytes of the request, bytes of the answer.
const AMOUNTS = 4;

export class HeldAnswers {
  readonly #outcomes: Outcome[] = [];
  readonly #amounts = new Float64Array(HELD_MAX * AMOUNTS);
  #held = 0;

  hold(
    outcome: Outcome,
    durationMs: number,
    firstByteMs: number,
    requestBytes: number,
    responseBytes: number,
  ): void {
    const amounts = this.#amounts;
    const at = this.#held * AMOUNTS;
    amounts[at] = durationMs;
    amounts[at + 1] = firstByteMs;
    amounts[at + 2] = requestBytes;
    amounts[at + 3] = responseBytes;
    this.#outcomes[this.#held++] = outcome;
    if (this.#held === HELD_MAX) this.sortIn();
  }

  // Before anybody reads an outcome.
  sortIn(): void {
    const amounts = this.#amounts;
    for (let i = 0; i < this.#held; i++) {
      const at = i * AMOUNTS;
      this.#outcomes[i]!.add(amounts[at]!, amounts[at + 1]!, amounts[at + 2]!, amounts[at + 3]!);
    }
    this.#held = 0;
  }
}
