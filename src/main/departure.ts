// How a proxy's process ends when it is asked to (SIGTERM).
//
// Where a supervisor holds its sockets, it says so and goes on until another process listens on
// them: then no connection ever waits for one. Where nobody does, it says at once that it is not
// ready, and goes on until all who send work must have heard of it.

import type { Clock } from "#base/clock.ts";
import { LIMITS } from "#base/limits.ts";
import type { DataPlane } from "#proxy/pipeline/data-plane.ts";
import type { ProxyBootstrap } from "./bootstrap.ts";
import type { Lifeline } from "./lifeline.ts";

export class Departure {
  readonly #bootstrap: ProxyBootstrap;
  readonly #dataPlane: DataPlane;
  readonly #clock: Clock;
  readonly #lifeline: Lifeline;
  #ended: Promise<void> | undefined;
  #leaveNow: (isReplaced: boolean) => void = () => {};

  constructor(bootstrap: ProxyBootstrap, dataPlane: DataPlane, clock: Clock, lifeline: Lifeline) {
    this.#bootstrap = bootstrap;
    this.#dataPlane = dataPlane;
    this.#clock = clock;
    this.#lifeline = lifeline;
  }

  // Resolves when nothing is open any more. Asked again, it asks its supervisor again.
  begin(): Promise<void> {
    if (this.#ended) this.#lifeline.tell({ event: "leaving" });
    this.#ended ??= this.#depart();
    return this.#ended;
  }

  // By the supervisor.
  leave(isReplaced: boolean): void {
    this.#leaveNow(isReplaced);
  }

  async #depart(): Promise<void> {
    const { gateway, outbound } = this.#bootstrap;
    // Whoever takes over from a gateway listens before it is asked to end.
    if (gateway) return this.#dataPlane.drain({ isReplaced: true, isPatient: true });
    const isHeld = outbound.descriptor !== undefined;
    const told = new Promise<"replaced" | "alone" | "unknown">((resolve) => {
      this.#leaveNow = (isReplaced) => resolve(isReplaced ? "replaced" : "alone");
      const delayMs = isHeld ? LIMITS.replacementMs : LIMITS.endpointPropagationMs;
      this.#clock.after(delayMs, () => resolve("unknown"));
    });
    if (!isHeld) this.#dataPlane.announceEnd();
    this.#lifeline.tell({ event: "leaving" });
    const how = await told;
    // Who stops for good has nothing to wait for: its application has ended before it.
    const isPatient = how !== "alone";
    return this.#dataPlane.drain({ isReplaced: how === "replaced", isPatient });
  }
}
