// Keeps what objects say of themselves up to date, while this replica leads.

import type { Timer } from "#base/clock.ts";
import { LIMITS } from "#base/limits.ts";
import type { LeaderWorld } from "#control/kubernetes/leader-world.ts";
import { StatusWriter } from "#control/kubernetes/status-writer.ts";
import type { ControlPlane } from "./control-plane.ts";
import { CONTROLLER_NAME, statusWishes } from "./status-wishes.ts";

export class StatusDesk {
  readonly #plane: ControlPlane;
  readonly #world: LeaderWorld;
  #writer: StatusWriter | undefined;
  #timer: Timer | undefined;

  constructor(plane: ControlPlane, world: LeaderWorld) {
    this.#plane = plane;
    this.#world = world;
  }

  lead(isLeader: boolean): void {
    if (isLeader === (this.#writer !== undefined)) return;
    this.#writer?.stop();
    this.#writer = undefined;
    this.#timer?.cancel();
    this.#timer = undefined;
    if (!isLeader) return;
    this.#writer = new StatusWriter({ ...this.#world, controllerName: CONTROLLER_NAME });
    this.changed();
  }

  // Objects were read anew; what became of them is known a moment later.
  changed(): void {
    if (!this.#writer || this.#timer) return;
    this.#timer = this.#world.clock.after(LIMITS.statusEveryMs, () => {
      this.#timer = undefined;
      this.#writer?.wish(statusWishes(this.#plane));
    });
  }
}
