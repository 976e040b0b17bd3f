// Finds the destination for what an application dials, and asks the control plane for it where it
// is new. Requests wait for the answer, a bounded number of them for a bounded time.

import type { Clock } from "#base/clock.ts";
import { Deadline, type Deadlines } from "#base/deadlines.ts";
import { LIMITS } from "#base/limits.ts";
import type { LimitsInForce } from "#base/limits-in-force.ts";
import type { PlacePlan } from "#snapshot/locality-plan.ts";
import type { Update } from "#snapshot/messages.ts";
import type { EndpointsBackendPlan, OutboundPlan } from "#snapshot/plan.ts";
import type { Destination } from "./destination.ts";
import { EMPTY_TABLE, nextTable, type PlanTable, withoutKeys } from "./plan-table.ts";

// undefined: no answer came in time.
export type DestinationWaiter = (destination: Destination | null | undefined) => void;

type Wanted = { readonly waiting: DestinationWaiter[]; readonly deadline: Deadline };

export type DestinationsOptions = {
  readonly clock: Clock;
  readonly deadlines: Deadlines;
  readonly limits: LimitsInForce;
  readonly bind: (plan: OutboundPlan, place: PlacePlan | undefined) => Destination;
  // Asks the control plane; it answers by `install`.
  readonly want: (key: string) => void;
  // Nobody waits for the key any more.
  readonly unwant: (key: string) => void;
};

export class Destinations {
  readonly #options: DestinationsOptions;
  readonly #wanted = new Map<string, Wanted>();
  // By plan id: for endpoints where there are none.
  readonly #starved = new Map<string, Wanted>();
  #waitingCount = 0;
  #table: PlanTable = EMPTY_TABLE;

  constructor(options: DestinationsOptions) {
    this.#options = options;
  }

  get table(): PlanTable {
    return this.#table;
  }

  // How long a request may wait for endpoints where there are none.
  get endpointWaitMs(): number {
    return this.#options.limits.current.endpointWaitMs;
  }

  get #isFull(): boolean {
    return this.#waitingCount >= this.#options.limits.current.requestsAwaitingPlanMax;
  }

  // undefined: not known yet; then `wait`.
  find(key: string): Destination | null | undefined {
    const slot = this.#table.keys.get(key);
    if (!slot) return undefined;
    slot.usedAtMs = this.#options.clock.nowMs();
    return slot.destination;
  }

  // False where too many wait already.
  wait(key: string, waiter: DestinationWaiter): boolean {
    if (this.#isFull) return false;
    this.#waitingCount++;
    const wanted = this.#wanted.get(key) ?? this.#wantNew(key);
    wanted.waiting.push(waiter);
    return true;
  }

  install(update: Update): void {
    const { bind, clock } = this.#options;
    this.#table = nextTable(this.#table, update, bind, clock.nowMs());
    for (const [key] of update.keys) this.#settle(key, this.find(key));
    for (const { id } of update.plans) this.#feed(id);
  }

  // The plan's backend has no endpoint: waits for the plan's next version, as long as it has not
  // been like this for long already. False where it isn't worth waiting.
  waitForEndpoints({ plan, boundAtMs }: Destination, waiter: DestinationWaiter): boolean {
    const { clock, deadlines } = this.#options;
    const patienceMs = boundAtMs + this.endpointWaitMs - clock.nowMs();
    if (patienceMs <= 0 || this.#isFull) return false;
    this.#waitingCount++;
    const starved = this.#starved.get(plan.id);
    if (starved) {
      starved.waiting.push(waiter);
      return true;
    }
    const deadline = new Deadline(() => this.#feed(plan.id));
    this.#starved.set(plan.id, { waiting: [waiter], deadline });
    deadlines.set(deadline, patienceMs);
    return true;
  }

  // All backends that any plan names.
  get backendPlans(): readonly EndpointsBackendPlan[] {
    return [...this.#table.destinations.values()].flatMap(({ plan }) =>
      plan.backends.filter((backend) => backend.kind === "endpoints"),
    );
  }

  // Whoever waits for endpoints goes on without.
  endWaiting(): void {
    for (const id of [...this.#starved.keys()]) this.#feed(id);
  }

  // Everything, as one update: for the disk, and to tell the control plane.
  held(): Update {
    const { revision, keys, destinations, inbound } = this.#table;
    return {
      type: "update",
      revision,
      keys: [...keys].map(([key, { destination }]) => [key, destination?.plan.id ?? null]),
      plans: [...destinations.values()].map(({ plan }) => plan),
      removed: [],
      inbound,
    };
  }

  // Forgets what nobody has dialled for a while, and tells which keys those were.
  dropIdle(): readonly string[] {
    const usedSinceMs = this.#options.clock.nowMs() - LIMITS.planIdleMs;
    const dropped = [...this.#table.keys]
      .filter(([, { usedAtMs }]) => usedAtMs < usedSinceMs)
      .map(([key]) => key);
    if (dropped.length > 0) this.#table = withoutKeys(this.#table, dropped);
    return dropped;
  }

  #feed(id: string): void {
    const starved = this.#starved.get(id);
    if (!starved) return;
    this.#starved.delete(id);
    this.#options.deadlines.clear(starved.deadline);
    this.#waitingCount -= starved.waiting.length;
    const destination = this.#table.destinations.get(id) ?? null;
    for (const waiter of starved.waiting) waiter(destination);
  }

  #wantNew(key: string): Wanted {
    const deadline = new Deadline(() => this.#settle(key, undefined));
    const wanted = { waiting: [], deadline };
    this.#wanted.set(key, wanted);
    this.#options.deadlines.set(deadline, this.#options.limits.current.planWaitMs);
    this.#options.want(key);
    return wanted;
  }

  #settle(key: string, destination: Destination | null | undefined): void {
    const wanted = this.#wanted.get(key);
    if (!wanted) return;
    this.#wanted.delete(key);
    this.#options.deadlines.clear(wanted.deadline);
    this.#waitingCount -= wanted.waiting.length;
    if (destination === undefined) this.#options.unwant(key);
    for (const waiter of wanted.waiting) waiter(destination);
  }
}
