// The control plane, kept running. While it is away everything else goes on: sidecars have their
// plans and certificates, and start without a token where they hold an identity.

import type { Timer } from "#base/clock.ts";
import { LIMITS } from "#base/limits.ts";
import type {
  ControlBootstrap,
  ControlCommand,
  ControlEvent,
  WorkloadOrder,
} from "#main/bootstrap.ts";
import { ChildProcess, type ChildProcessEvents } from "./child-process.ts";
import type { ControlListeners } from "./control-listeners.ts";
import { KeptProcess } from "./kept-process.ts";
import { listenOn } from "./listener.ts";
import { ProcessLog } from "./process-log.ts";
import type { Admission } from "./sidecar.ts";
import type { Workshop } from "./workshop.ts";

const FIRST_DESCRIPTOR = 4;
const TOKEN_WAIT_MS = 2_000;

export type ControlProcessOptions = {
  readonly documents: string; // absolute
  readonly listeners: ControlListeners;
};

export type ControlProcessEvents = {
  ready(): void;
  workloads(orders: readonly WorkloadOrder[]): void;
  diagnostics(lines: readonly string[], errors: number): void;
  // It can't go on without a person; told once for each reason.
  fatal(sentence: string): void;
};

type Waiting = { readonly answer: (token: string | undefined) => void; readonly timer: Timer };

export class ControlProcess {
  readonly #options: ControlProcessOptions;
  readonly #workshop: Workshop;
  readonly #events: ControlProcessEvents;
  readonly #log: ProcessLog;
  readonly #kept: KeptProcess;
  readonly #waiting = new Map<number, Waiting>();
  #nextId = 1;
  #isReady = false;
  #trust: readonly string[] = [];
  #identity = "";
  #lastFatal = "";

  constructor(options: ControlProcessOptions, workshop: Workshop, events: ControlProcessEvents) {
    this.#options = options;
    this.#workshop = workshop;
    this.#events = events;
    this.#log = new ProcessLog(workshop.state.logPath("control"), workshop.note);
    this.#kept = new KeptProcess(
      {
        title: "the control plane",
        clock: workshop.clock,
        random: workshop.random,
        log: this.#log,
        graceMs: LIMITS.sidecarGraceMs,
        launch: (childEvents) => this.#launch(childEvents),
        explain: () => undefined,
      },
      {
        started: (process) => workshop.processes.add(process, "control plane"),
        message: (value) => this.#receive(value as ControlEvent),
        ended: () => this.#noteEnd(),
        note: workshop.note,
      },
    );
  }

  get logPath(): string {
    return this.#log.path;
  }

  get pid(): number | undefined {
    return this.#kept.pid;
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

  // What a sidecar needs to join: without a token where the control plane is away.
  async admit(order: WorkloadOrder): Promise<Admission> {
    const { address, port } = this.#options.listeners.proxies;
    const token = await this.#issueToken(order);
    const control = { address, port };
    return { control, controlIdentity: this.#identity, trust: this.#trust, token };
  }

  #issueToken(order: WorkloadOrder): Promise<string | undefined> {
    if (!this.#isReady) return Promise.resolve(undefined);
    const id = this.#nextId++;
    const { namespace, name: workload, serviceAccount } = order;
    const command: ControlCommand = {
      command: "issue-token",
      id,
      namespace,
      workload,
      serviceAccount,
    };
    return new Promise((answer) => {
      const timer = this.#workshop.clock.after(TOKEN_WAIT_MS, () => this.#answer(id, undefined));
      this.#waiting.set(id, { answer, timer });
      this.#kept.send(command);
    });
  }

  #launch(events: ChildProcessEvents): ChildProcess {
    const { documents, listeners } = this.#options;
    const { proxies, admin } = listeners;
    const child = new ChildProcess(
      {
        command: this.#workshop.executables.control,
        folder: this.#workshop.state.path,
        environment: this.#workshop.runtimeEnvironment,
        output: this.#log,
        descriptors: [proxies.descriptor, admin.descriptor],
      },
      events,
    );
    const bootstrap: ControlBootstrap = {
      version: this.#workshop.version,
      documents,
      stateFolder: this.#workshop.state.path,
      proxies: listenOn(proxies, FIRST_DESCRIPTOR),
      admin: listenOn(admin, FIRST_DESCRIPTOR + 1),
    };
    child.send(bootstrap);
    return child;
  }

  #receive(event: ControlEvent): void {
    switch (event.event) {
      case "ready":
        this.#isReady = true;
        this.#trust = event.trust;
        this.#identity = event.identity;
        return this.#events.ready();
      case "workloads":
        return this.#events.workloads(event.workloads);
      case "diagnostics":
        return this.#events.diagnostics(event.lines, event.errors);
      case "token":
        return this.#answer(event.id, event.token);
      case "fatal":
        return this.#noteFatal(event.message);
    }
  }

  #answer(id: number, token: string | undefined): void {
    const waiting = this.#waiting.get(id);
    if (!waiting) return;
    this.#waiting.delete(id);
    waiting.timer.cancel();
    waiting.answer(token);
  }

  #noteEnd(): void {
    this.#isReady = false;
    for (const id of [...this.#waiting.keys()]) this.#answer(id, undefined);
  }

  #noteFatal(message: string): void {
    if (message === this.#lastFatal) return;
    this.#lastFatal = message;
    this.#events.fatal(message);
  }
}
