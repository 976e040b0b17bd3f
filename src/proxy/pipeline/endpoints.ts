// The endpoints that any plan of this proxy names, each once. They outlive plans; one that no plan
// names any more is closed when its open exchanges are over.

import { LIMITS } from "#base/limits.ts";
import { EndpointLoad } from "#proxy/balancing/endpoint-load.ts";
import { type Connect, ConnectionPool, type PoolTools } from "#proxy/exchange/connection-pool.ts";
import type { EndpointPlan } from "#snapshot/plan.ts";
import type { Endpoint } from "./endpoint.ts";

// Makes connections of the mesh to one endpoint.
export type ConnectTo = (endpoint: EndpointPlan) => Connect;

export class Endpoints {
  readonly #connectTo: ConnectTo;
  readonly #tools: PoolTools;
  readonly #byKey = new Map<string, Endpoint>();

  constructor(connectTo: ConnectTo, tools: PoolTools) {
    this.#connectTo = connectTo;
    this.#tools = tools;
  }

  get count(): number {
    return this.#byKey.size;
  }

  of(plan: EndpointPlan): Endpoint {
    const key = endpointKey(plan);
    let endpoint = this.#byKey.get(key);
    if (!endpoint) {
      endpoint = {
        address: `${plan.address}:${plan.meshPort}`,
        load: new EndpointLoad(),
        pool: new ConnectionPool(this.#connectTo(plan), POOL, this.#tools),
      };
      this.#byKey.set(key, endpoint);
    }
    return endpoint;
  }

  retain(plans: readonly EndpointPlan[]): void {
    const named = new Set(plans.map(endpointKey));
    for (const [key, endpoint] of this.#byKey) {
      if (named.has(key)) continue;
      this.#byKey.delete(key);
      endpoint.pool.close();
    }
  }

  // Our certificate or the trust has changed: open exchanges finish, new ones get new connections.
  renew(): void {
    for (const { pool } of this.#byKey.values()) pool.renew();
  }
}

const POOL = {
  connectionsMax: LIMITS.meshConnectionsPerEndpointMax,
  slotsPerConnection: LIMITS.streamsPerConnectionMax,
  waitingMax: LIMITS.requestsWaitingPerEndpointMax,
  idleTimeoutMs: LIMITS.upstreamIdleMs,
  lifeMs: LIMITS.connectionLifeMs,
};

// Two ports of one workload share its connections; another identity at the same address does not.
function endpointKey({ address, meshPort, identity }: EndpointPlan): string {
  return `${address}:${meshPort} ${identity}`;
}
