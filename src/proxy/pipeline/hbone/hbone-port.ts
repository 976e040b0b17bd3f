// One port of a workload of another mesh: spoken to as to an application, through tunnels of HBONE
// on few connections to its proxy.

import {
  type Connect,
  ConnectionPool,
  type PoolLimits,
  type PoolTools,
} from "#proxy/exchange/connection-pool.ts";
import type { Headers } from "#proxy/exchange/heads.ts";
import { plainConnectors } from "#proxy/pipeline/connectors.ts";
import type { Endpoint } from "#proxy/pipeline/endpoint.ts";
import { tunnelsPool } from "#proxy/pipeline/mesh-pools.ts";
import { PlainPort, type ProtocolAsked } from "#proxy/pipeline/plain-port.ts";
import type { CodecTools } from "#proxy/transport/codec-tools.ts";
import type { HboneEndpointPlan } from "#snapshot/plan.ts";
import { hboneDial } from "./hbone-dial.ts";

export type HboneTools = {
  readonly codec: CodecTools;
  readonly pools: PoolTools;
  // To the proxy behind the endpoint: mTLS, ALPN h2, and nobody but the identity of the plan.
  readonly connectTo: (plan: HboneEndpointPlan, limits: PoolLimits) => Connect;
  // What every CONNECT carries.
  readonly headers: Headers;
};

export class HbonePort {
  readonly #proxies: ConnectionPool;
  readonly #port: PlainPort;

  constructor(plan: HboneEndpointPlan, { codec, pools, connectTo, headers }: HboneTools) {
    this.#proxies = new ConnectionPool(connectTo(plan, pools.limits), tunnelsPool, pools);
    const dial = hboneDial(this.#proxies, headers, codec.deadlines);
    this.#port = new PlainPort(plan, plainConnectors(dial, codec), pools);
  }

  speaking(protocol: ProtocolAsked): Endpoint {
    return this.#port.speaking(protocol);
  }

  renew(): void {
    this.#port.renew();
    this.#proxies.renew();
  }

  close(): void {
    this.#port.close();
    this.#proxies.close();
  }
}
