// The endpoints that any plan of this proxy names, each once. They outlive plans; one that no plan
// names any more is closed when its open exchanges are over.

import type { Clock } from "#base/clock.ts";
import { EndpointLoad } from "#proxy/balancing/endpoint-load.ts";
import {
  type Connect,
  ConnectionPool,
  type PoolLimits,
  type PoolTools,
} from "#proxy/exchange/connection-pool.ts";
import { asksForTunnel, type RequestHead } from "#proxy/exchange/heads.ts";
import { backendKey } from "#snapshot/backend-key.ts";
import type { EndpointPlan, EndpointsBackendPlan, MeshEndpointPlan } from "#snapshot/plan.ts";
import { BackendRecords } from "./backend-records.ts";
import { Candidate } from "./candidate.ts";
import type { Endpoint } from "./endpoint.ts";
import { endpointKey } from "./endpoint-key.ts";
import { HbonePort, type HboneTools } from "./hbone/hbone-port.ts";
import { requestsPool, tunnelsPool } from "./mesh-pools.ts";
import { type PlainConnectors, PlainPort, type ProtocolAsked } from "./plain-port.ts";

// Makes connections of the mesh to one endpoint.
export type ConnectTo = (endpoint: Omit<MeshEndpointPlan, "speaks">, limits: PoolLimits) => Connect;

// An endpoint as we keep it; a document may change what is spoken to it.
type Kept = {
  speaking(protocol: ProtocolAsked): Endpoint;
  renew?(): void;
  close(): void;
};

export class Endpoints {
  readonly #connectTo: ConnectTo;
  readonly #connectors: PlainConnectors;
  readonly #tools: PoolTools;
  readonly #hbone: HboneTools;
  readonly #byKey = new Map<string, Kept>();
  readonly backends: BackendRecords;

  constructor(
    connectTo: ConnectTo,
    connectors: PlainConnectors,
    tools: PoolTools,
    hbone: HboneTools,
  ) {
    this.#connectTo = connectTo;
    this.#connectors = connectors;
    this.#tools = tools;
    this.#hbone = hbone;
    this.backends = new BackendRecords(tools.clock, tools.limits);
  }

  get clock(): Clock {
    return this.#tools.clock;
  }

  get count(): number {
    return this.#byKey.size;
  }

  // In their order.
  of(backend: EndpointsBackendPlan, protocol: ProtocolAsked): readonly Endpoint[] {
    const names = backend.endpoints.map(endpointKey);
    const { health, limits } = this.backends.adopt(backend, names);
    const own = backend.policy?.connections ? limits : this.#tools.limits;
    return backend.endpoints.map((plan, i) => {
      const kept = this.#keep(keyIn(backend, plan), plan, own);
      return new Candidate(kept.speaking(protocol), health.of(names[i]!)!);
    });
  }

  retain(backends: readonly EndpointsBackendPlan[]): void {
    this.backends.retain(backends);
    const named = new Set(
      backends.flatMap((backend) => backend.endpoints.map((plan) => keyIn(backend, plan))),
    );
    const addresses = new Set([...named].map(withoutBackend));
    for (const [key, endpoint] of this.#byKey) {
      if (named.has(key)) continue;
      this.#byKey.delete(key);
      // Only whose connections they are has changed: who waits for one gets it yet.
      if (addresses.has(withoutBackend(key))) endpoint.renew?.();
      else endpoint.close();
    }
  }

  // Our certificate or the trust has changed: open exchanges finish, new ones get new connections.
  renew(): void {
    for (const endpoint of this.#byKey.values()) endpoint.renew?.();
  }

  #keep(key: string, plan: EndpointPlan, limits: PoolLimits): Kept {
    const known = this.#byKey.get(key);
    if (known) return known;
    const made = this.#make(plan, limits);
    this.#byKey.set(key, made);
    return made;
  }

  #make(plan: EndpointPlan, limits: PoolLimits): Kept {
    const tools = { ...this.#tools, limits };
    switch (plan.speaks) {
      case "plaintext":
        return new PlainPort(plan, this.#connectors, tools);
      case "hbone":
        return new HbonePort(plan, { ...this.#hbone, pools: { ...this.#hbone.pools, limits } });
      case "weft":
        return new MeshEndpoint(plan, this.#connectTo(plan, limits), tools);
    }
  }
}

class MeshEndpoint implements Endpoint {
  readonly address: string;
  readonly load = new EndpointLoad();
  readonly isMesh = true;
  readonly #requests: ConnectionPool;
  readonly #tunnels: ConnectionPool;

  constructor({ address, meshPort }: MeshEndpointPlan, connect: Connect, tools: PoolTools) {
    this.address = `${address}:${meshPort}`;
    this.#requests = new ConnectionPool(connect, requestsPool, tools);
    this.#tunnels = new ConnectionPool(connect, tunnelsPool, tools);
  }

  // The other proxy speaks with the application.
  speaking(): Endpoint {
    return this;
  }

  poolFor(head: RequestHead): ConnectionPool {
    return asksForTunnel(head) ? this.#tunnels : this.#requests;
  }

  renew(): void {
    this.#requests.renew();
    this.#tunnels.renew();
  }

  close(): void {
    this.#requests.close();
    this.#tunnels.close();
  }
}

// A backend with limits of its own has connections of its own.
function keyIn(backend: EndpointsBackendPlan, plan: EndpointPlan): string {
  const key = endpointKey(plan);
  return backend.policy?.connections ? `${key} for ${backendKey(backend)}` : key;
}

function withoutBackend(key: string): string {
  return key.split(" for ", 1)[0]!;
}
