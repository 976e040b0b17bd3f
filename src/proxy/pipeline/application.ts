// The application behind a sidecar: one endpoint for each port that the workload declares.

import type { PoolTools } from "#proxy/exchange/connection-pool.ts";
import type { Target } from "#proxy/transport/byte-stream.ts";
import type { Endpoint } from "./endpoint.ts";
import { type PlainConnectors, PlainPort, type ProtocolAsked } from "./plain-port.ts";

export type ApplicationPort = Target & { readonly declared: number };

export class Application {
  readonly #ports: ReadonlyMap<number, PlainPort>;

  constructor(ports: readonly ApplicationPort[], connectors: PlainConnectors, tools: PoolTools) {
    this.#ports = new Map(
      ports.map(({ declared, ...target }) => [declared, new PlainPort(target, connectors, tools)]),
    );
  }

  // By the number that documents give it, and the protocol that they declare.
  port(declared: number, protocol: ProtocolAsked): Endpoint | undefined {
    return this.#ports.get(declared)?.speaking(protocol);
  }

  close(): void {
    for (const port of this.#ports.values()) port.close();
  }
}
