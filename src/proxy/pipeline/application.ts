// The application behind a sidecar: one endpoint for each port that the workload declares.

import type { PoolTools } from "#proxy/exchange/connection-pool.ts";
import type { Target } from "#proxy/transport/byte-stream.ts";
import type { Endpoint } from "./endpoint.ts";
import { type PlainConnectors, PlainPort, type ProtocolAsked } from "./plain-port.ts";

export type ApplicationPort = Target & { readonly declared: number };

// An application's ports, by the number that documents give them, and the protocol that they
// declare or their caller speaks. Undefined: there is no such port.
export type ApplicationPorts = {
  port(port: number, protocol: ProtocolAsked, isDeclared: boolean): Endpoint | undefined;
  close(): void;
};

export class Application implements ApplicationPorts {
  readonly #ports: ReadonlyMap<number, PlainPort>;

  constructor(ports: readonly ApplicationPort[], connectors: PlainConnectors, tools: PoolTools) {
    this.#ports = new Map(
      ports.map(({ declared, ...target }) => [declared, new PlainPort(target, connectors, tools)]),
    );
  }

  port(declared: number, protocol: ProtocolAsked): Endpoint | undefined {
    return this.#ports.get(declared)?.speaking(protocol);
  }

  close(): void {
    for (const port of this.#ports.values()) port.close();
  }
}
