// One process of a gateway, with the plan that it began with. Restarted when it ends by itself.

import { LIMITS } from "#base/limits.ts";
import type { ProxyBootstrap, ProxyEvent } from "#main/bootstrap.ts";
import type { GatewayPlan } from "#snapshot/gateway-plan.ts";
import { ChildProcess, type ChildProcessEvents } from "./child-process.ts";
import type { GatewayOrder } from "./gateway-process.ts";
import { KeptProcess } from "./kept-process.ts";
import { type Listener, listenOn } from "./listener.ts";
import type { ProcessLog } from "./process-log.ts";
import type { Admission } from "./sidecar.ts";
import type { Workshop } from "./workshop.ts";

const FIRST_DESCRIPTOR = 4;

// What is the same for all of them.
export type GatewayPlace = {
  readonly workload: { readonly namespace: string; readonly name: string };
  readonly identity: string;
  readonly stateFolder: string;
  readonly metrics: Listener;
  readonly health: Listener;
  // Asked before each start.
  readonly admission: () => Promise<Admission>;
};

export type GatewayGenerationOptions = GatewayPlace & {
  readonly order: GatewayOrder;
  // In the order of the plan's listeners.
  readonly sockets: readonly Listener[];
  readonly log: ProcessLog;
};

export class GatewayGeneration {
  readonly #options: GatewayGenerationOptions;
  readonly #workshop: Workshop;
  readonly #kept: KeptProcess;
  #settle: (refusal: string | undefined) => void = () => {};

  constructor(options: GatewayGenerationOptions, workshop: Workshop) {
    this.#options = options;
    this.#workshop = workshop;
    const title = `the gateway ${options.workload.namespace}/${options.workload.name}`;
    this.#kept = new KeptProcess(
      {
        title,
        clock: workshop.clock,
        random: workshop.random,
        log: options.log,
        // It drains within the first part of that.
        graceMs: LIMITS.drainGraceMs + LIMITS.sidecarGraceMs,
        launch: (events) => this.#launch(events),
        explain: () => undefined,
      },
      {
        started: (process) => workshop.processes.add(process, title),
        message: (value) => this.#receive(value as ProxyEvent),
        ended: () => this.#settle(`Cannot start ${title}: its process ended. ${this.#logHint}`),
        note: workshop.note,
      },
    );
  }

  get plan(): GatewayPlan {
    return this.#options.order.plan;
  }

  get pid(): number | undefined {
    return this.#kept.pid;
  }

  // Resolves when it serves, or with the sentence why it doesn't.
  start(withinMs: number): Promise<string | undefined> {
    return new Promise((resolve) => {
      const timer = this.#workshop.clock.after(withinMs, () =>
        this.#settle(`The gateway's process was not ready within ${withinMs} ms. ${this.#logHint}`),
      );
      this.#settle = (refusal) => {
        timer.cancel();
        this.#settle = () => {};
        resolve(refusal);
      };
      this.#kept.start();
    });
  }

  stop(): Promise<void> {
    return this.#kept.stop();
  }

  get #logHint(): string {
    return `Its log is ${this.#options.log.path}`;
  }

  async #launch(events: ChildProcessEvents): Promise<ChildProcess> {
    const { metrics, health, sockets, stateFolder, log, admission } = this.#options;
    const admitted = await admission();
    const child = new ChildProcess(
      {
        command: this.#workshop.executables.proxy,
        folder: stateFolder,
        environment: this.#workshop.runtimeEnvironment,
        output: log,
        descriptors: [metrics, health, ...sockets].map(({ descriptor }) => descriptor),
      },
      events,
    );
    child.send(this.#bootstrap(admitted));
    return child;
  }

  #bootstrap({ control, controlIdentity, trust, token }: Admission): ProxyBootstrap {
    const { workload, identity, stateFolder, metrics, health, order } = this.#options;
    // Not opened: nobody in the mesh calls a gateway, and it has no application.
    const nowhere = { address: metrics.address, port: 0 };
    return {
      ...{ version: this.#workshop.version, workload, identity, stateFolder },
      ...{ control, controlIdentity, trust, token, secret: "" },
      ...{ outbound: nowhere, mesh: nowhere, tcp: [], application: [] },
      readiness: { kind: "none" },
      metrics: listenOn(metrics, FIRST_DESCRIPTOR),
      health: listenOn(health, FIRST_DESCRIPTOR + 1),
      gateway: {
        ...order,
        sockets: order.plan.listeners.map(({ name }, i) => ({
          listener: name,
          descriptor: FIRST_DESCRIPTOR + 2 + i,
        })),
      },
    };
  }

  #receive(event: ProxyEvent): void {
    if (event.event === "ready") this.#settle(undefined);
    else if (event.event === "fatal") this.#settle(event.message);
  }
}
