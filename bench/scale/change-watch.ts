// How long a change takes until the last proxy that it concerns has acknowledged it.

import { performance } from "node:perf_hooks";
import type { Update } from "#snapshot/messages.ts";
import type { OutboundPlan } from "#snapshot/plan.ts";
import type { LightClient } from "./light-client.ts";

type Pending = {
  readonly address: string;
  readonly isThere: boolean; // among the plan's endpoints, once it is known
  readonly startMs: number;
  readonly waiting: Set<LightClient>;
  readonly done: (times: ChangeTimes) => void;
};

export type ChangeTimes = { readonly startMs: number; readonly endMs: number };

export class ChangeWatch {
  readonly #holders: (planId: string) => readonly LightClient[];
  readonly #pending = new Map<string, Pending>(); // by plan id

  constructor(holders: (planId: string) => readonly LightClient[]) {
    this.#holders = holders;
  }

  get pending(): number {
    return this.#pending.size;
  }

  // One change of a plan at a time.
  isWaiting(planId: string): boolean {
    return this.#pending.has(planId);
  }

  expect(
    planId: string,
    address: string,
    isThere: boolean,
    done: (times: ChangeTimes) => void,
  ): void {
    const waiting = new Set(this.#holders(planId));
    const startMs = performance.now();
    this.#pending.set(planId, { address, isThere, startMs, waiting, done });
  }

  // What is older than this counts as never acknowledged.
  overdue(afterMs: number): readonly string[] {
    const nowMs = performance.now();
    return [...this.#pending]
      .filter(([, { startMs }]) => nowMs - startMs > afterMs)
      .map(([planId, { waiting }]) => `${planId}: ${waiting.size} proxies`);
  }

  answered(client: LightClient, { plans }: Update): void {
    for (const plan of plans) {
      const pending = this.#pending.get(plan.id);
      if (!pending || hasAddress(plan, pending.address) !== pending.isThere) continue;
      pending.waiting.delete(client);
      if (pending.waiting.size > 0) continue;
      this.#pending.delete(plan.id);
      pending.done({ startMs: pending.startMs, endMs: performance.now() });
    }
  }
}

function hasAddress({ backends }: OutboundPlan, address: string): boolean {
  return backends.some(
    (backend) =>
      backend.kind === "endpoints" && backend.endpoints.some((each) => each.address === address),
  );
}
