// The gateway's process, kept running, and replaced without a request lost: another one is started
// on the same sockets, and only when it serves is the first asked to end. Meanwhile both accept
// from one queue, and what is open at the first is answered there, as the last of its connection.
//
// A sidecar asks for its replacement when it has to end. This one begins here, with another plan or
// another version: one that can't serve changes nothing.

import { LIMITS } from "#base/limits.ts";
import type { GatewaySettings } from "#proxy/pipeline/gateway/gateway-settings.ts";
import { GatewayGeneration, type GatewayPlace } from "./gateway-generation.ts";
import { GatewaySockets } from "./gateway-sockets.ts";
import { ProcessLog } from "./process-log.ts";
import type { Workshop } from "./workshop.ts";

export type GatewayOrder = Pick<GatewaySettings, "plan" | "keys">;

export class GatewayProcess {
  readonly #place: GatewayPlace;
  readonly #workshop: Workshop;
  readonly #log: ProcessLog;
  readonly #sockets = new GatewaySockets();
  #current: GatewayGeneration | undefined;
  // One after the other.
  #turn: Promise<unknown> = Promise.resolve();

  constructor(place: GatewayPlace, workshop: Workshop) {
    this.#place = place;
    this.#workshop = workshop;
    const { namespace, name } = place.workload;
    const logPath = workshop.state.logPath(`${namespace}.${name}.gateway`);
    this.#log = new ProcessLog(logPath, workshop.note);
  }

  get pid(): number | undefined {
    return this.#current?.pid;
  }

  // Starts a process that serves this, and ends the one before. Resolves when that has ended; or
  // with a sentence that says why everything stays as it was.
  serve(order: GatewayOrder): Promise<string | undefined> {
    const served = this.#turn.then(() => this.#serveNow(order));
    this.#turn = served;
    return served;
  }

  async stop(): Promise<void> {
    await this.#turn;
    await this.#current?.stop();
    this.#current = undefined;
    this.#sockets.close();
    this.#log.close();
  }

  async #serveNow(order: GatewayOrder): Promise<string | undefined> {
    const binding = this.#sockets.bind(order.plan);
    if (typeof binding === "string") {
      this.#sockets.keepFor(this.#current?.plan);
      return binding;
    }
    const next = new GatewayGeneration(
      { ...this.#place, order, sockets: binding, log: this.#log },
      this.#workshop,
    );
    const refusal = await next.start(LIMITS.gatewayReadyMs);
    if (refusal !== undefined) {
      await next.stop();
      this.#sockets.keepFor(this.#current?.plan);
      return refusal;
    }
    const before = this.#current;
    this.#current = next;
    await before?.stop();
    this.#sockets.keepFor(order.plan);
    return undefined;
  }
}
