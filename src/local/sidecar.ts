// The proxy beside one workload, kept running. Its listeners, its secret and its state folder are
// the same through all its restarts; its token is a new one each time.

import { randomBytes } from "node:crypto";
import { LIMITS } from "#base/limits.ts";
import type { Address, ProxyBootstrap, ProxyCommand, ProxyEvent } from "#main/bootstrap.ts";
import type { ProbeTarget } from "#proxy/pipeline/readiness-probe.ts";
import { ChildProcess, type ChildProcessEvents } from "./child-process.ts";
import type { DependencyListener } from "./dependency-listeners.ts";
import { KeptProcess } from "./kept-process.ts";
import { type Listener, listenOn } from "./listener.ts";
import { ProcessLog } from "./process-log.ts";
import type { SidecarListeners } from "./sidecar-listeners.ts";
import type { Workshop } from "./workshop.ts";

const FIRST_DESCRIPTOR = 4;
const SECRET_BYTES = 16;

export type SidecarOptions = {
  readonly workload: { readonly namespace: string; readonly name: string };
  readonly identity: string;
  readonly stateFolder: string;
  readonly place: SidecarPlace;
  readonly dependencies: readonly DependencyListener[];
  readonly application: ProxyBootstrap["application"];
  readonly readiness: ProbeTarget;
  readonly telemetry?: ProxyBootstrap["telemetry"];
  // Asked before each start.
  readonly admission: () => Promise<Admission>;
};

// Where it listens: on sockets that we hold, or on its own in a namespace that it is started in.
export type SidecarPlace =
  | { readonly kind: "held"; readonly listeners: SidecarListeners }
  | {
      readonly kind: "inside";
      readonly entrance: readonly string[]; // before its command line
      readonly listens: SidecarListens;
    };

export type SidecarListens = Pick<
  ProxyBootstrap,
  "outbound" | "mesh" | "metrics" | "health" | "interception" | "rules"
>;

export type Admission = {
  readonly control: Address;
  readonly controlIdentity: string;
  readonly trust: readonly string[];
  readonly token: string | undefined;
};

export type SidecarEvents = {
  ready(identity: string): void;
  application(isReady: boolean): void;
  ended(): void;
};

export class Sidecar {
  readonly secret = randomBytes(SECRET_BYTES).toString("hex");
  readonly #options: SidecarOptions;
  readonly #workshop: Workshop;
  readonly #events: SidecarEvents;
  readonly #log: ProcessLog;
  readonly #kept: KeptProcess;
  #lastFatal = "";

  constructor(options: SidecarOptions, workshop: Workshop, events: SidecarEvents) {
    this.#options = options;
    this.#workshop = workshop;
    this.#events = events;
    const { namespace, name } = options.workload;
    const logPath = workshop.state.logPath(`${namespace}.${name}.sidecar`);
    this.#log = new ProcessLog(logPath, workshop.note);
    this.#kept = new KeptProcess(
      {
        title: `the sidecar of ${namespace}/${name}`,
        clock: workshop.clock,
        random: workshop.random,
        log: this.#log,
        graceMs: LIMITS.sidecarGraceMs,
        launch: (childEvents) => this.#launch(childEvents),
        explain: () => undefined,
      },
      {
        started: (process) => workshop.processes.add(process, `${namespace}/${name} sidecar`),
        message: (value, process) => this.#receive(value as ProxyEvent, process),
        ended: () => events.ended(),
        note: workshop.note,
      },
    );
  }

  get pid(): number | undefined {
    return this.#kept.pid;
  }

  get restarts(): number {
    return this.#kept.restarts;
  }

  start(): void {
    this.#kept.start();
  }

  async stop(): Promise<void> {
    await this.#kept.stop();
    this.#log.close();
  }

  kill(): void {
    this.#kept.kill();
  }

  async #launch(events: ChildProcessEvents): Promise<ChildProcess> {
    const admission = await this.#options.admission();
    const { place } = this.#options;
    const dependencies = this.#options.dependencies.map(({ listener }) => listener);
    const passed = [...heldBy(place), ...dependencies];
    const entrance = place.kind === "inside" ? place.entrance : [];
    const child = new ChildProcess(
      {
        command: [...entrance, ...this.#workshop.executables.proxy],
        folder: this.#options.stateFolder,
        environment: this.#workshop.runtimeEnvironment,
        output: this.#log,
        descriptors: passed.map(({ descriptor }) => descriptor),
      },
      events,
    );
    child.send(this.#bootstrap(admission));
    return child;
  }

  #bootstrap(admission: Admission): ProxyBootstrap {
    const { workload, identity, stateFolder, application, readiness } = this.#options;
    const { place, dependencies, telemetry = "metrics" } = this.#options;
    const firstFree = FIRST_DESCRIPTOR + heldBy(place).length;
    return {
      telemetry,
      version: this.#workshop.version,
      workload,
      identity,
      stateFolder,
      control: admission.control,
      controlIdentity: admission.controlIdentity,
      trust: admission.trust,
      token: admission.token,
      secret: this.secret,
      ...listensAt(place),
      tcp: dependencies.map(({ key, listener }, i) => ({
        key,
        on: listenOn(listener, firstFree + i),
      })),
      application,
      readiness,
    };
  }

  #receive(event: ProxyEvent, process: ChildProcess): void {
    switch (event.event) {
      case "ready":
        this.#kept.sendLeaving(leave(true));
        return this.#events.ready(event.identity);
      case "leaving":
        if (!this.#kept.replace(process)) process.send(leave(false));
        return;
      case "application":
        return this.#events.application(event.isReady);
      case "fatal":
        return this.#noteFatal(event.message);
    }
  }

  // It ends after this, is started again, and may find the same.
  #noteFatal(message: string): void {
    if (message === this.#lastFatal) return;
    this.#lastFatal = message;
    this.#workshop.note(message);
  }
}

// In the order of their descriptors.
function heldBy(place: SidecarPlace): readonly Listener[] {
  if (place.kind === "inside") return [];
  const { outbound, mesh, metrics, health } = place.listeners;
  return [outbound, mesh, metrics, health];
}

function listensAt(place: SidecarPlace): SidecarListens {
  if (place.kind === "inside") return place.listens;
  const [outbound, mesh, metrics, health] = heldBy(place).map((listener, i) =>
    listenOn(listener, FIRST_DESCRIPTOR + i),
  );
  return { outbound: outbound!, mesh: mesh!, metrics: metrics!, health: health! };
}

function leave(isReplaced: boolean): ProxyCommand {
  return { command: "leave", isReplaced };
}
