// The limits of a backend's connections where a document sets them: the proxy's own, with those in
// their place. A document may change them, and connections go on.

import type { Limits } from "#base/limits.ts";
import type { LimitsInForce } from "#base/limits-in-force.ts";
import { SETTABLE } from "#base/settable-limits.ts";
import type { PoolLimits } from "#proxy/exchange/connection-pool.ts";
import type { ConnectionsPlan } from "#snapshot/destination-policy-plan.ts";

export class BackendLimits implements PoolLimits {
  readonly #base: Pick<LimitsInForce, "current">;
  #plan: ConnectionsPlan = {};
  #from: Limits | undefined;
  #current: Limits;

  constructor(base: Pick<LimitsInForce, "current">) {
    this.#base = base;
    this.#current = base.current;
  }

  adopt(plan: ConnectionsPlan): void {
    this.#plan = plan;
    this.#from = undefined;
  }

  get current(): Limits {
    if (this.#from !== this.#base.current) {
      this.#from = this.#base.current;
      this.#current = limitsWith(this.#from, this.#plan);
    }
    return this.#current;
  }

  get exchangesPerConnectionMax(): number | undefined {
    return this.#plan.requestsPerConnectionMax;
  }
}

function limitsWith(base: Limits, plan: ConnectionsPlan): Limits {
  const { connectionsMax, pendingMax, streamsPerConnectionMax, idleTimeoutMs } = plan;
  const { connectTimeoutMs, connectionLifeMs } = plan;
  // Between proxies few connections carry many requests: more of them are never needed.
  const fewer = (name: "meshConnectionsPerEndpointMax" | "tunnelConnectionsPerEndpointMax") =>
    connectionsMax === undefined ? base[name] : Math.min(base[name], connectionsMax);
  // Beside a limit of connections, those that wait are bounded together with those that don't.
  const waitingMax = connectionsMax === undefined ? pendingMax : undefined;
  const within = (name: keyof typeof SETTABLE, value: number | undefined): number => {
    const [least, most] = SETTABLE[name];
    return value === undefined ? base[name] : Math.min(most, Math.max(least, value));
  };
  return {
    ...base,
    meshConnectionsPerEndpointMax: fewer("meshConnectionsPerEndpointMax"),
    tunnelConnectionsPerEndpointMax: fewer("tunnelConnectionsPerEndpointMax"),
    http1ConnectionsPerEndpointMax: within("http1ConnectionsPerEndpointMax", connectionsMax),
    requestsWaitingPerEndpointMax: within("requestsWaitingPerEndpointMax", waitingMax),
    streamsPerConnectionMax: Math.min(
      base.streamsPerConnectionMax,
      within("streamsPerConnectionMax", streamsPerConnectionMax),
    ),
    upstreamIdleMs: within("upstreamIdleMs", idleTimeoutMs),
    applicationIdleMs: within("applicationIdleMs", idleTimeoutMs),
    connectTimeoutMs: within("connectTimeoutMs", connectTimeoutMs),
    connectionLifeMs: within("connectionLifeMs", connectionLifeMs),
  };
}
