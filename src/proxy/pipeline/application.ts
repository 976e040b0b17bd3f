// The application behind a sidecar: one endpoint for each port that the workload declares.

import { LIMITS } from "#base/limits.ts";
import { EndpointLoad } from "#proxy/balancing/endpoint-load.ts";
import { type Connect, ConnectionPool, type PoolTools } from "#proxy/exchange/connection-pool.ts";
import type { Target } from "#proxy/transport/byte-stream.ts";
import type { Endpoint } from "./endpoint.ts";

export type ApplicationPort = Target & { readonly declared: number };

export type ConnectToApplication = (target: Target) => Connect;

export class Application {
  readonly #ports: ReadonlyMap<number, Endpoint>;

  constructor(
    ports: readonly ApplicationPort[],
    connectTo: ConnectToApplication,
    tools: PoolTools,
  ) {
    this.#ports = new Map(
      ports.map(({ declared, address, port }) => [
        declared,
        {
          address: `${address}:${port}`,
          load: new EndpointLoad(),
          pool: new ConnectionPool(connectTo({ address, port }), APPLICATION_POOL, tools),
        },
      ]),
    );
  }

  // By the number that documents give it.
  port(declared: number): Endpoint | undefined {
    return this.#ports.get(declared);
  }

  close(): void {
    for (const { pool } of this.#ports.values()) pool.close();
  }
}

export const APPLICATION_POOL = {
  connectionsMax: LIMITS.http1ConnectionsPerEndpointMax,
  slotsPerConnection: 1,
  waitingMax: LIMITS.requestsWaitingPerEndpointMax,
  // Below the 5 s after which Node and others close an idle connection under the next request.
  idleTimeoutMs: LIMITS.applicationIdleMs,
  lifeMs: LIMITS.connectionLifeMs,
};
