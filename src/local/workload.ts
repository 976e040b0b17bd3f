// One workload: its application and the sidecar beside it, as the latest order says.
//
//   sidecar ready -> application starts -> the proxy probes it -> ready
//
// Whichever of the two dies is started again alone. Steps run one after the other, so that a
// change that arrives during another waits for it.

import type { Address, WorkloadOrder } from "#main/bootstrap.ts";
import type { ProbeTarget } from "#proxy/pipeline/readiness-probe.ts";
import type { AddressBook } from "./address-book.ts";
import { Application } from "./application.ts";
import { applicationEnvironment } from "./application-environment.ts";
import type { ApplicationPorts } from "./application-ports.ts";
import { DependencyListeners } from "./dependency-listeners.ts";
import type { BindFailure } from "./listener.ts";
import { orderChange } from "./order-change.ts";
import { portFailure } from "./port-failure.ts";
import { type Admission, Sidecar } from "./sidecar.ts";
import type { SidecarListeners } from "./sidecar-listeners.ts";
import { systemReason } from "./system-reason.ts";
import type { WorkloadStatus } from "./workload-status.ts";
import type { Workshop } from "./workshop.ts";

const APPLICATION_ADDRESS = "127.0.0.1";

export type WorkloadSurroundings = {
  readonly workshop: Workshop;
  readonly addresses: AddressBook;
  readonly ports: ApplicationPorts;
  readonly admission: (order: WorkloadOrder) => Promise<Admission>;
  readonly changed: () => void;
};

type Port = { readonly name: string; readonly declared: number; readonly port: number };

export class Workload {
  readonly #surroundings: WorkloadSurroundings;
  #order: WorkloadOrder;
  #turn: Promise<void>;
  #listeners: SidecarListeners | undefined;
  readonly #dependencies = new DependencyListeners();
  #ports: readonly Port[] = [];
  #sidecar: Sidecar | undefined;
  #application: Application | undefined;
  #isSidecarReady = false;
  #passesProbe = false;
  #isStopping = false;
  #cannotStart = false;

  // Starts when `after` is over: the end of a namesake.
  constructor(order: WorkloadOrder, surroundings: WorkloadSurroundings, after: Promise<unknown>) {
    this.#order = order;
    this.#surroundings = surroundings;
    this.#turn = after.then(() => this.#start());
  }

  get status(): WorkloadStatus {
    const [first] = this.#ports;
    const metrics = this.#listeners?.metrics;
    return {
      namespace: this.#order.namespace,
      name: this.#order.name,
      phase: this.#phase(),
      application: first && { address: APPLICATION_ADDRESS, port: first.port },
      isHttp: this.#order.ports[0]?.protocol === "http",
      metrics: metrics && { address: metrics.address, port: metrics.port },
      restarts: this.#application?.restarts ?? 0,
    };
  }

  change(order: WorkloadOrder): void {
    this.#turn = this.#turn.then(() => this.#change(order));
  }

  async stopApplication(): Promise<void> {
    this.#isStopping = true;
    await this.#turn;
    await this.#application?.stop();
  }

  async stopSidecar(): Promise<void> {
    await this.#sidecar?.stop();
    if (this.#listeners) this.#surroundings.addresses.giveBack(this.#listeners);
    this.#listeners = undefined;
    this.#dependencies.close();
    this.#giveBackPorts();
  }

  // Nothing of it stays.
  async remove(): Promise<void> {
    await this.stopApplication();
    await this.stopSidecar();
    this.#removeState();
  }

  kill(): void {
    this.#application?.kill();
    this.#sidecar?.kill();
  }

  async #start(): Promise<void> {
    if (this.#isStopping) return;
    const binding = await this.#surroundings.addresses.take();
    if (binding.kind === "failed") return this.#notePortFailure(binding);
    this.#listeners = binding.listeners;
    this.#startSidecar(binding.listeners);
  }

  #startSidecar(listeners: SidecarListeners): void {
    const { namespace, name } = this.#order;
    const { workshop, admission, changed } = this.#surroundings;
    const stateFolder = this.#makeState();
    if (stateFolder === undefined) return changed();
    const { dependencies } = this.#order;
    const failed = this.#dependencies.update(listeners.outbound.address, dependencies);
    if (failed) return this.#notePortFailure(failed);
    this.#takePorts();
    this.#sidecar = new Sidecar(
      {
        workload: { namespace, name },
        identity: this.#order.identity,
        stateFolder,
        place: { kind: "held", listeners },
        dependencies: this.#dependencies.all,
        application: this.#ports.map(({ declared, port }) => ({
          declared,
          address: APPLICATION_ADDRESS,
          port,
        })),
        readiness: this.#probeTarget(),
        admission: () => admission(this.#order),
      },
      workshop,
      {
        ready: () => this.#noteSidecarReady(),
        application: (isReady) => {
          this.#passesProbe = isReady;
          changed();
        },
        ended: () => {
          this.#isSidecarReady = false;
          this.#passesProbe = false;
          changed();
        },
      },
    );
    this.#sidecar.start();
    changed();
  }

  // Only its first time: afterwards the application runs already.
  #noteSidecarReady(): void {
    this.#isSidecarReady = true;
    if (!this.#application && !this.#isStopping) this.#startApplication();
    this.#surroundings.changed();
  }

  #startApplication(): void {
    const { workshop, changed } = this.#surroundings;
    const { namespace, name, command, workingFolder, declaredAt } = this.#order;
    const environment = this.#environment();
    this.#application = new Application(
      { workload: { namespace, name }, command, workingFolder, environment, declaredAt },
      workshop,
      { started: changed, ended: changed },
    );
    this.#application.start();
  }

  async #change(order: WorkloadOrder): Promise<void> {
    if (this.#isStopping) return;
    const before = this.#order;
    const change = orderChange(before, order);
    this.#order = order;
    if (change === "nothing") return;
    await this.#application?.stop();
    this.#application = undefined;
    if (change === "application") {
      if (this.#isSidecarReady && !this.#isStopping) this.#startApplication();
      return this.#surroundings.changed();
    }
    await this.#sidecar?.stop();
    this.#sidecar = undefined;
    this.#giveBackPorts();
    // The old identity's key and certificate go.
    if (before.identity !== order.identity) this.#removeState();
    if (this.#isStopping) return;
    if (this.#listeners) this.#startSidecar(this.#listeners);
    else await this.#start();
  }

  #phase(): WorkloadStatus["phase"] {
    const isRunning = this.#application?.pid !== undefined;
    const passesProbe = this.#passesProbe || this.#probeTarget().kind === "none";
    if (this.#isSidecarReady && isRunning && passesProbe) return "ready";
    if (this.#cannotStart || this.#application?.isInCrashLoop) return "failing";
    return this.#isSidecarReady ? "starting" : "waiting";
  }

  #takePorts(): void {
    const taken: Port[] = [];
    for (const { name, port: declared } of this.#order.ports) {
      const port = this.#surroundings.ports.take(declared);
      if (port !== undefined) taken.push({ name, declared, port });
      else this.#surroundings.workshop.note(`No port is free for ${this.#title}, port "${name}"`);
    }
    this.#ports = taken;
  }

  #giveBackPorts(): void {
    for (const { port } of this.#ports) this.#surroundings.ports.giveBack(port);
    this.#ports = [];
  }

  #probeTarget(): ProbeTarget {
    const { readiness } = this.#order;
    if (readiness.kind === "none") return readiness;
    const port = this.#ports.find(({ name }) => name === readiness.port)?.port;
    if (port === undefined) return { kind: "none" };
    const target: Address = { address: APPLICATION_ADDRESS, port };
    return readiness.kind === "tcp"
      ? { kind: "tcp", ...target }
      : { kind: "http", path: readiness.path, ...target };
  }

  #environment(): ReadonlyMap<string, string> {
    const { workshop } = this.#surroundings;
    const { namespace, name, dependencies, environment } = this.#order;
    const { address, port } = this.#listeners!.outbound;
    return applicationEnvironment({
      workload: { namespace, name },
      ports: this.#ports,
      dependencies,
      tcp: this.#dependencies.all,
      outbound: { address, port },
      secret: this.#sidecar!.secret,
      nodeFolder: workshop.nodeFolder,
      inherited: workshop.inherited,
      declared: environment,
    });
  }

  #notePortFailure({ address, error }: BindFailure): void {
    this.#cannotStart = true;
    const { workshop, changed } = this.#surroundings;
    workshop.note(portFailure(`the sidecar of ${this.#title}`, address, error));
    changed();
  }

  #makeState(): string | undefined {
    const { namespace, name } = this.#order;
    const { workshop } = this.#surroundings;
    try {
      return workshop.state.makeProxyFolder(`${namespace}.${name}`);
    } catch (error) {
      this.#cannotStart = true;
      const reason = systemReason(error);
      workshop.note(`Cannot keep the identity of ${this.#title} on disk: ${reason}`);
      return undefined;
    }
  }

  #removeState(): void {
    const { namespace, name } = this.#order;
    this.#surroundings.workshop.state.removeProxyFolder(`${namespace}.${name}`);
  }

  get #title(): string {
    return `${this.#order.namespace}/${this.#order.name}`;
  }
}
