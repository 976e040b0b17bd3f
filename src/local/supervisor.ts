// Keeps a mesh on one machine running: the control plane, and for each workload that the documents
// declare its sidecar and its application. It decides nothing about traffic.

import type { Timer } from "#base/clock.ts";
import { LIMITS } from "#base/limits.ts";
import type { WorkloadOrder } from "#main/bootstrap.ts";
import type { AddressBook } from "./address-book.ts";
import type { ApplicationPorts } from "./application-ports.ts";
import type { ControlListeners } from "./control-listeners.ts";
import { ControlProcess } from "./control-process.ts";
import { Workload, type WorkloadSurroundings } from "./workload.ts";
import type { WorkloadStatus } from "./workload-status.ts";
import type { Workshop } from "./workshop.ts";

// Whatever hangs, the end comes.
const STOP_LIMIT_MS = LIMITS.applicationGraceMs + 2 * LIMITS.sidecarGraceMs + 500;
// After documents cease to declare a workload: by then its callers know, and have their answers.
const CALLERS_TOLD_MS = 500;

export type SupervisorOptions = {
  readonly workshop: Workshop;
  readonly documents: string; // absolute
  readonly control: ControlListeners;
  readonly addresses: AddressBook;
  readonly ports: ApplicationPorts;
};

export type SupervisorEvents = {
  // Something about a workload changed; all of them, in the order of their names.
  workloads(statuses: readonly WorkloadStatus[]): void;
  // The documents changed: what is wrong with them now.
  diagnostics(lines: readonly string[], errors: number): void;
};

export type StartResult =
  | { readonly kind: "started" }
  | { readonly kind: "failed"; readonly sentence: string };

export class Supervisor {
  readonly #options: SupervisorOptions;
  readonly #events: SupervisorEvents;
  readonly #control: ControlProcess;
  readonly #workloads = new Map<string, Workload>();
  // No longer declared, and running until their callers know.
  readonly #undeclared = new Map<string, Timer>();
  readonly #leaving = new Map<string, Promise<void>>();
  #hasOrders = false;
  #isStopping = false;
  #isToldSoon = false;
  #resolveStart: ((result: StartResult) => void) | undefined;

  constructor(options: SupervisorOptions, events: SupervisorEvents) {
    this.#options = options;
    this.#events = events;
    const { documents, control: listeners, workshop } = options;
    this.#control = new ControlProcess({ documents, listeners }, workshop, {
      ready: () => this.#resolveStart?.({ kind: "started" }),
      workloads: (orders) => this.#apply(orders),
      diagnostics: (lines, errors) => events.diagnostics(lines, errors),
      fatal: (sentence) => {
        if (this.#resolveStart) this.#resolveStart({ kind: "failed", sentence });
        else workshop.note(sentence);
      },
    });
  }

  // Resolves when the control plane is ready, or when it is clear that it won't be.
  start(): Promise<StartResult> {
    return new Promise((resolve) => {
      const timer: Timer = this.#options.workshop.clock.after(LIMITS.controlReadyMs, () =>
        this.#resolveStart?.({ kind: "failed", sentence: this.#notReadySentence() }),
      );
      this.#resolveStart = (result) => {
        timer.cancel();
        this.#resolveStart = undefined;
        resolve(result);
      };
      this.#control.start();
    });
  }

  // Applications first, while their sidecars can still carry what they are answering; then the
  // sidecars, then the control plane.
  async stop(): Promise<void> {
    this.#isStopping = true;
    const limit = setTimeout(() => this.kill(), STOP_LIMIT_MS);
    for (const timer of this.#undeclared.values()) timer.cancel();
    const workloads = [...this.#workloads.values()];
    await Promise.all(workloads.map((workload) => workload.stopApplication()));
    await Promise.all(workloads.map((workload) => workload.stopSidecar()));
    await Promise.all(this.#leaving.values());
    await this.#control.stop();
    clearTimeout(limit);
    this.#workloads.clear();
    this.#options.addresses.close();
    this.#options.control.proxies.close();
    this.#options.control.admin.close();
  }

  // At once, without grace.
  kill(): void {
    for (const workload of this.#workloads.values()) workload.kill();
    this.#control.kill();
  }

  #apply(orders: readonly WorkloadOrder[]): void {
    if (this.#isStopping) return;
    this.#hasOrders = true;
    const wanted = new Map(orders.map((order) => [keyOf(order), order]));
    for (const key of this.#workloads.keys()) {
      if (!wanted.has(key)) this.#removeSoon(key);
    }
    for (const [key, order] of wanted) {
      this.#undeclared.get(key)?.cancel();
      this.#undeclared.delete(key);
      const workload = this.#workloads.get(key);
      if (workload) workload.change(order);
      else this.#workloads.set(key, this.#add(key, order));
    }
    this.#tellSoon();
  }

  #add(key: string, order: WorkloadOrder): Workload {
    const surroundings: WorkloadSurroundings = {
      workshop: this.#options.workshop,
      addresses: this.#options.addresses,
      ports: this.#options.ports,
      admission: (current) => this.#control.admit(current),
      changed: () => this.#tellSoon(),
    };
    return new Workload(order, surroundings, this.#leaving.get(key) ?? Promise.resolve());
  }

  // One that is declared again meanwhile goes on as it is.
  #removeSoon(key: string): void {
    if (this.#undeclared.has(key)) return;
    const timer = this.#options.workshop.clock.after(CALLERS_TOLD_MS, () => this.#remove(key));
    this.#undeclared.set(key, timer);
  }

  #remove(key: string): void {
    const workload = this.#workloads.get(key)!;
    this.#undeclared.delete(key);
    this.#workloads.delete(key);
    this.#tellSoon();
    const left = workload.remove().then(() => {
      if (this.#leaving.get(key) === left) this.#leaving.delete(key);
    });
    this.#leaving.set(key, left);
  }

  // Once for all changes of one turn of the event loop.
  #tellSoon(): void {
    if (this.#isToldSoon) return;
    this.#isToldSoon = true;
    setImmediate(() => {
      this.#isToldSoon = false;
      if (this.#isStopping || !this.#hasOrders) return;
      const sorted = [...this.#workloads].sort(([a], [b]) => (a < b ? -1 : 1));
      this.#events.workloads(sorted.map(([, workload]) => workload.status));
    });
  }

  #notReadySentence(): string {
    const seconds = LIMITS.controlReadyMs / 1000;
    const log = this.#control.logPath;
    return `The control plane did not become ready within ${seconds} s. Its log: ${log}`;
  }
}

function keyOf({ namespace, name }: WorkloadOrder): string {
  return `${namespace}/${name}`;
}
