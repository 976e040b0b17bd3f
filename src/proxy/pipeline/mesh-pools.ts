// How many connections are kept to one other proxy.

import type { Limits } from "#base/limits.ts";
import type { PoolOptions } from "#proxy/exchange/connection-pool.ts";

export function requestsPool(limits: Limits): PoolOptions {
  return {
    connectionsMax: limits.meshConnectionsPerEndpointMax,
    slotsPerConnection: limits.streamsPerConnectionMax,
    waitingMax: limits.requestsWaitingPerEndpointMax,
    idleTimeoutMs: limits.upstreamIdleMs,
    lifeMs: limits.connectionLifeMs,
  };
}

// Few tunnels share a connection, so that one that stalls holds up few others.
export function tunnelsPool(limits: Limits): PoolOptions {
  return {
    ...requestsPool(limits),
    connectionsMax: limits.tunnelConnectionsPerEndpointMax,
    slotsPerConnection: limits.tunnelsPerConnection,
  };
}
