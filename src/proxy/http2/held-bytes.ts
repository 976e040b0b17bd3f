// Hot path.
//
// What one stream keeps for a reader who has paused, in the budgets of its connection and of the
// process. Counted as memory, not as body: a byte that lies alone in a block counts as the block.

import type { Limits } from "#base/limits.ts";
import { BufferBudget, BufferShare } from "#proxy/transport/buffer-budget.ts";

// A connection's; the budget of its own is made when it first keeps something.
export class HeldBudgets {
  readonly ofProcess: BufferBudget | undefined;
  readonly #limits: Limits;
  #ofConnection: BufferBudget | undefined;

  constructor(ofProcess: BufferBudget | undefined, limits: Limits) {
    this.#limits = limits;
    this.ofProcess = ofProcess;
  }

  get ofConnection(): BufferBudget {
    this.#ofConnection ??= new BufferBudget(this.#limits.connectionBuffersBytesMax);
    return this.#ofConnection;
  }

  // What this connection keeps.
  get bytes(): number {
    return this.#ofConnection?.bytes ?? 0;
  }
}

export class HeldBytes {
  readonly #budgets: HeldBudgets;
  readonly #inConnection: BufferShare;
  readonly #inProcess: BufferShare;
  #isOver = false;

  // `giveUp` calls `clear`.
  constructor(budgets: HeldBudgets, giveUp: () => void) {
    this.#budgets = budgets;
    this.#inConnection = new BufferShare(giveUp);
    this.#inProcess = new BufferShare(giveUp);
  }

  // May call `giveUp`, of this stream or of another.
  set(bytes: number): void {
    this.#budgets.ofConnection.set(this.#inConnection, bytes);
    if (!this.#isOver) this.#budgets.ofProcess?.set(this.#inProcess, bytes);
  }

  clear(): void {
    this.#isOver = true;
    this.#budgets.ofConnection.set(this.#inConnection, 0);
    this.#budgets.ofProcess?.set(this.#inProcess, 0);
  }
}
